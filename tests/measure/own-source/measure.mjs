#!/usr/bin/env node
// How many leaks of source text `own-source` finds, and how many honest builds it takes for one.
//
//   tests/measure/own-source/install TOOLS
//   tests/measure/own-source/measure.mjs --tools TOOLS --packgate target/release/packgate [--work DIR] [--seed N]
//     [--only REGEXP] [--community]        # also projects of others, as npm, PyPI and crates.io have them
//     [--unrelated FOLDER]                 # packages of others, each held against each project
//
// Builds that can't be made here (a tool is missing) are named and left out.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';

import { BUILDS, PYTHON, RUST, WRAPPINGS } from './builds.mjs';
import { writeProjects } from './projects.mjs';

const { values: options } = parseArgs({
  options: {
    tools: { type: 'string' }, packgate: { type: 'string' }, work: { type: 'string' }, seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' }, community: { type: 'boolean' }, unrelated: { type: 'string' },
  },
});
const work = path.resolve(options.work ?? fs.mkdtempSync(path.join(os.tmpdir(), 'own-source-')));
const tools = path.resolve(options.tools);
const packgate = path.resolve(options.packgate);
const only = new RegExp(options.only);
const run = (command, env) => spawnSync('sh', ['-c', command], { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 28 });

/** A zip whose members are stored as they are. */
function zip(members) {
  const [heads, list] = [[], []];
  let at = 0;
  for (const [name, bytes] of members) {
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(zlib.crc32(bytes), 10);
    head.writeUInt32LE(bytes.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    list.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, tail, Buffer.from(name));
    heads.push(Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), bytes);
    at = heads.reduce((sum, part) => sum + part.length, 0);
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...heads, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

function tar(members) {
  const folder = fs.mkdtempSync(path.join(work, 'tar-'));
  for (const [name, bytes] of members) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), bytes);
  }
  const bytes = execFileSync('tar', ['-C', folder, '-cf', '-', ...members.map(([name]) => name)], { maxBuffer: 1 << 28 });
  fs.rmSync(folder, { recursive: true });
  return bytes;
}

const EXTRA = [
  ['zip', (text, name) => ['data.zip', zip([[name, text]])]],
  ['zip-in-zip', (text, name) => ['data.zip', zip([['inner.bin', zip([[name, text]])]])]],
  ['tar-gz-in-zip', (text, name) => ['data.zip', zip([['inner.tgz', zlib.gzipSync(tar([[name, text]]))]])]],
  ['utf-16-in-zip', (text) => ['data.zip', zip([['a.txt', Buffer.from(`\ufeff${text}`, 'utf16le')]])]],
  ['base64-in-zip', (text) => ['data.zip', zip([['a.txt', Buffer.from(text.toString('base64'))]])]],
];

/** What packgate says of a folder as a package of the project: the levels of own-source and own-comments. */
function judge(id, folder, project) {
  const manifest = ['package.json', 'pyproject.toml', 'Cargo.toml', 'pom.xml'].find((name) => fs.existsSync(path.join(project, name)));
  const name = manifest === 'package.json' ? JSON.parse(fs.readFileSync(path.join(project, manifest))).name : path.basename(project);
  const root = path.join(work, 'packages', id, 'package');
  fs.mkdirSync(root, { recursive: true });
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name, version: '1.0.0', license: 'UNLICENSED', files: ['dist'] }));
  fs.cpSync(folder, path.join(root, 'dist'), { recursive: true });
  const artifact = path.join(work, 'packages', `${id.replaceAll('/', '-')}.tgz`);
  execFileSync('tar', ['-C', path.dirname(root), '-czf', artifact, 'package']);
  fs.rmSync(path.dirname(root), { recursive: true });
  return check(artifact, project);
}

function check(artifact, project) {
  const { stdout, stderr } = spawnSync(packgate, ['check', artifact, '--project', project, '--policy', 'proprietary', '--format', 'json', '--quiet'], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, CI: '' } });
  let report;
  try {
    report = JSON.parse(stdout).artifacts[0];
  } catch {
    throw new Error(`packgate says nothing of ${artifact}: ${stderr}`);
  }
  const of = (rule) => report.findings.filter((finding) => finding.rule === rule);
  return {
    source: of('own-source'), comments: of('own-comments'),
    maps: report.findings.filter((finding) => /^source-map-(embedded|inline|eval)$/.test(finding.rule)),
  };
}

const results = [];
function note(kind, id, verdict) {
  results.push({ kind, id, ...verdict });
  const wrong = kind === 'leak' ? !verdict.source.length && !verdict.maps.length : verdict.source.length > 0;
  if (wrong) {
    const first = verdict.source[0];
    console.log(`${kind === 'leak' ? 'MISSED' : 'FALSE '} ${id}${first ? `: ${first.place} ${first.message} ${JSON.stringify(first.evidence.lines)}` : ''}`);
  }
}

fs.mkdirSync(path.join(work, 'projects'), { recursive: true });
const projects = writeProjects(path.join(work, 'projects'), Number(options.seed)).map((name) => [name, path.join(work, 'projects', name)]);
const community = options.community ? fetched() : [];

/** Projects of others, from what their registries have: name, language, folder, the published package. */
function fetched() {
  const all = [];
  const take = (name, language, from, parts) => {
    if (!fs.existsSync(from)) return console.log(`not installed: ${name}`);
    const to = path.join(work, 'projects', name);
    fs.rmSync(to, { recursive: true, force: true });
    for (const [part, as] of parts) fs.cpSync(path.join(from, part), path.join(to, as), { recursive: true, filter: (file) => !/__(pycache|tests)__/.test(file) });
    all.push({ name, language, project: to, from });
    return to;
  };
  for (const name of ['rxjs', 'zod', 'immer', '@tanstack/query-core']) {
    const to = take(path.basename(name), 'typescript', path.join(tools, 'node_modules', name), [['src', 'src'], ['package.json', 'package.json']]);
    if (!to) continue;
    const main = path.join(to, 'src/index.ts');
    if (!fs.existsSync(main)) fs.writeFileSync(main, `export * from './${path.basename(name)}';\n`);
    fs.writeFileSync(path.join(to, 'tsconfig.json'), JSON.stringify({ compilerOptions: { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', declaration: true, skipLibCheck: true, rootDir: 'src', types: [] }, include: ['src'] }));
  }
  for (const [name, module] of [['click', 'click'], ['httpx', 'httpx'], ['attrs', 'attr']]) {
    const to = take(name, 'python', path.join(tools, 'pypi', name), [[module, `src/${module}`]]);
    if (to) fs.writeFileSync(path.join(to, 'pyproject.toml'), `[project]\nname = "${name}"\nversion = "1.0.0"\n`);
  }
  for (const name of ['humantime', 'semver', 'fastrand']) {
    const to = take(name, 'rust', path.join(tools, 'crates/vendor', name), [['src', 'src']]);
    if (to) fs.writeFileSync(path.join(to, 'Cargo.toml'), `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\npublish = false\n[features]\ndefault = ["std"]\nstd = []\nalloc = []\n[workspace]\n`);
  }
  return all;
}

/** Projects of others are built like ours of their language. */
function buildsOf({ name, language, project }) {
  if (language === 'typescript') {
    const known = /^(esbuild|swc|babel-minified|babel$|tsc|rollup|tsup|vite-library|sources-copied|data-url)/;
    return BUILDS.filter(([of, tool]) => of === 'library' && known.test(tool)).map(([, ...rest]) => [name, ...rest, project]);
  }
  const module = language === 'python' && fs.readdirSync(path.join(project, 'src'))[0];
  const list = language === 'python' ? PYTHON : RUST;
  return list.map(([tool, kind, command]) => [name, tool, kind, command.replaceAll('$N', module), project]);
}

// What real tools make of the projects.
for (const [name, tool, kind, command, folder] of [...BUILDS, ...community.flatMap(buildsOf)]) {
  const id = `${name}/${tool}`;
  if (!only.test(id)) continue;
  const output = path.join(work, 'out', id);
  fs.rmSync(output, { recursive: true, force: true });
  fs.mkdirSync(output, { recursive: true });
  const project = folder ?? projects.find(([known]) => known === name)[1];
  // Tools look for their parts from the project upwards.
  fs.rmSync(path.join(work, 'node_modules'), { force: true });
  fs.symlinkSync(path.join(tools, 'node_modules'), path.join(work, 'node_modules'));
  const env = { P: project, O: output, T: path.join(tools, 'node_modules'), Y: path.join(tools, 'py') };
  const made = run(command.replaceAll(/\$([POTY])\b/g, (_, key) => env[key]), env);
  if (fs.readdirSync(output).length === 0) {
    console.log(`not built: ${id}: ${made.stderr.trim().split('\n').slice(-3).join(' | ').slice(0, 400)}`);
    continue;
  }
  note(kind, id, judge(id, output, project));
}

// The published builds of community projects: code, declarations, without their maps and sources.
for (const { name, project, from } of community.filter((one) => one.language === 'typescript')) {
  for (const [kind, ending] of [['unminified', /\.(js|mjs|cjs)$/], ['declarations', /\.d\.[mc]?ts$/]]) {
    const id = `${name}/published-${kind}`;
    if (!only.test(id)) continue;
    const output = path.join(work, 'out', id);
    for (const file of fs.readdirSync(from, { recursive: true })) {
      if (!ending.test(file) || /(^|\/)(src|node_modules)\//.test(file)) continue;
      fs.mkdirSync(path.dirname(path.join(output, file)), { recursive: true });
      fs.copyFileSync(path.join(from, file), path.join(output, file));
    }
    if (fs.existsSync(output)) note(kind, id, judge(id, output, project));
  }
}

// One source file in one wrapping.
for (const [name, project] of [...projects, ...community.map((one) => [one.name, one.project])]) {
  const sources = fs.readdirSync(project, { recursive: true }).filter((file) => /\.(ts|js|vue|pyx|py|rs|java|cs|go)$/.test(file));
  const long = sources.filter((file) => fs.readFileSync(path.join(project, file), 'utf8').split('\n').length >= 30).sort();
  const chosen = [long[0], long[Math.floor(long.length / 2)]];
  for (const [number, file] of chosen.entries()) {
    const text = fs.readFileSync(path.join(project, file));
    for (const [wrapping, wrap] of WRAPPINGS(zlib, EXTRA)) {
      const id = `${name}/wrapped-${wrapping}-${number}`;
      if (!only.test(id)) continue;
      const output = path.join(work, 'out', id);
      fs.rmSync(output, { recursive: true, force: true });
      fs.mkdirSync(output, { recursive: true });
      const [as, bytes] = wrap(text, path.basename(file));
      fs.writeFileSync(path.join(output, as), bytes);
      note('leak', id, judge(id, output, project));
    }
  }
}

// Packages of others, as if they were the project's.
if (options.unrelated) {
  const all = fs.readdirSync(options.unrelated).filter((file) => /\.(tgz|whl|crate)$/.test(file)).sort();
  const settings = path.join(work, 'on');
  for (const [name, project] of [...projects, ...community.map((one) => [one.name, one.project])]) {
    fs.mkdirSync(settings, { recursive: true });
    fs.writeFileSync(path.join(project, 'packgate.toml'), 'own = "on"\n');
    const list = all.map((file) => path.join(options.unrelated, file)).join('\n');
    const { stdout } = spawnSync(packgate, ['check', '-', '--project', project, '--policy', 'proprietary', '--format', 'json', '--quiet'], { input: list, encoding: 'utf8', maxBuffer: 1 << 30 });
    for (const artifact of JSON.parse(stdout).artifacts) {
      const of = (rule) => artifact.findings.filter((finding) => finding.rule === rule);
      note('unrelated', `${name} in ${path.basename(artifact.path)}`, { source: of('own-source'), comments: of('own-comments'), maps: [] });
    }
    fs.rmSync(path.join(project, 'packgate.toml'));
  }
}

const kinds = [...new Set(results.map((result) => result.kind))];
console.log('\n                 all   own-source   own-comments   maps');
for (const kind of kinds) {
  const of = results.filter((result) => result.kind === kind);
  const count = (key) => String(of.filter((result) => result[key].length).length);
  console.log(`${kind.padEnd(14)} ${String(of.length).padStart(5)} ${count('source').padStart(12)} ${count('comments').padStart(14)} ${count('maps').padStart(6)}`);
}
const leaks = results.filter((result) => result.kind === 'leak');
const found = leaks.filter((result) => result.source.length || result.maps.length).length;
console.log(`\nseed ${options.seed}: ${found} of ${leaks.length} leaks found (${((found * 100) / Math.max(leaks.length, 1)).toFixed(1)} %)`);
if (!options.work) fs.rmSync(work, { recursive: true });
