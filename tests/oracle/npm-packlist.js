// Answers, line by line, what npm would pack: reads {"manifest": {...}, "files": {"path": "text"}, "above":
// ["text"]} and writes the sorted list of packed paths as a JSON array, or {"error": "..."}. Packages below
// node_modules are bundled as the manifests say; "above" are the ignore files of the workspace's folders above. npm's own code does the work; only the file system under
// it is a map in memory, so that thousands of trees take seconds. The first argument is npm's node_modules.
'use strict'
const fs = require('fs')
const path = require('path')
const modules = process.argv[2]
const root = '/tree'
let tree = new Map()

const isOurs = name => typeof name === 'string' && (name === root || name.startsWith(root + '/'))
const missing = (name, code = 'ENOENT') => Object.assign(new Error(`${code}: ${name}`), { code })
const stats = kind => ({ isFile: () => kind === 'file', isDirectory: () => kind === 'folder', isSymbolicLink: () => false })
const look = name => {
  const trailing = name.length > 1 && name.endsWith('/')
  const node = tree.get(trailing ? name.replace(/\/+$/, '') : name)
  if (node === undefined) throw missing(name)
  if (trailing && typeof node === 'string') throw missing(name, 'ENOTDIR')
  return node
}
const wrap = (name, ours, async = false) => {
  const real = fs[name]
  fs[name] = (...args) => {
    if (!isOurs(args[0])) return real.apply(fs, args)
    if (!async) return ours(args[0])
    const callback = args[args.length - 1]
    let result
    try { result = ours(args[0]) } catch (error) { return process.nextTick(callback, error) }
    process.nextTick(callback, null, result)
  }
}
const read = name => {
  const node = look(name)
  if (typeof node !== 'string') throw missing(name, 'EISDIR')
  return node
}
const stat = name => stats(typeof look(name) === 'string' ? 'file' : 'folder')
wrap('readdir', name => [...look(name)], true)
wrap('lstat', stat, true)
wrap('stat', stat, true)
wrap('lstatSync', stat)
wrap('readFile', read, true)
wrap('readFileSync', read)

const packlist = require(path.join(modules, 'npm-packlist'))
const PackageJson = require(path.join(modules, '@npmcli/package-json'))

const plant = files => {
  tree = new Map([[root, new Set()]])
  for (const [name, text] of Object.entries(files)) {
    const segments = name.split('/')
    let at = root
    for (const [index, segment] of segments.entries()) {
      tree.get(at).add(segment)
      at += '/' + segment
      if (index === segments.length - 1) tree.set(at, text)
      else if (!tree.has(at)) tree.set(at, new Set())
    }
  }
}

// A package as npm's arborist describes it, with what it depends on where Node finds that.
const nodes = async (folder, all = new Map()) => {
  if (all.has(folder)) return all.get(folder)
  const pkg = new PackageJson()
  const text = tree.get(folder + '/package.json')
  pkg.fromContent(typeof text === 'string' ? JSON.parse(text) : {})
  await pkg.normalize({ steps: PackageJson.normalizeSteps.filter(step => step !== 'binDir') })
  const node = { package: pkg.content, path: folder, isProjectRoot: all.size === 0, isLink: false, edgesOut: new Map(), workspaces: null }
  node.target = node
  all.set(folder, node)
  const { dependencies, optionalDependencies } = pkg.content
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    let at = folder
    while (at.startsWith(root) && !(tree.get(`${at}/node_modules/${name}`) instanceof Set)) at = path.dirname(at)
    const to = at.startsWith(root) ? await nodes(`${at}/node_modules/${name}`, all) : null
    node.edgesOut.set(name, { peer: false, dev: false, to })
  }
  return node
}

const answer = async ({ manifest, files, above = [] }) => {
  const folders = above.map((_, index) => `w${index}/`)
  const prefix = folders.join('')
  const planted = { [prefix + 'package.json']: JSON.stringify(manifest) }
  for (const [name, text] of Object.entries(files)) planted[prefix + name] = text
  above.forEach((text, index) => { planted[folders.slice(0, index).join('') + '.gitignore'] = text })
  plant(planted)
  const folder = path.join(root, prefix).replace(/\/$/, '')
  const options = above.length ? { path: folder, prefix: root, workspaces: [folder] } : { path: folder }
  return (await packlist(await nodes(folder), options)).map(name => name.replace(/^\.\/@/, '@')).sort()
}

const main = async () => {
  const lines = require('readline').createInterface({ input: process.stdin })
  for await (const line of lines) {
    // npm dies on some inputs outside of any promise; that is an answer too.
    const reply = await new Promise(resolve => {
      const died = error => resolve({ error: String(error) })
      process.removeAllListeners('uncaughtException').once('uncaughtException', died)
      answer(JSON.parse(line)).then(resolve, died)
    })
    process.stdout.write(JSON.stringify(reply) + '\n')
  }
}
main()
