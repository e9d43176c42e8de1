// Measures how far internal-code reaches: bundles ten modules of a library with esbuild and rollup in several
// ways, and compares the internal files that packgate names with those that the bundler says it took.
//
//   npm install esbuild rollup
//   node internal-code.mjs PACKGATE SOURCES...
//
// PACKGATE is the program; each of SOURCES is a folder with JavaScript or TypeScript source of one library.
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [packgate, ...libraries] = process.argv.slice(2);
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/;
/** Smaller parts of a bundle are counted apart: re-exports and one-liners. */
const LEAST_BYTES = 400;

const variants = {
  'esbuild': {},
  'esbuild --minify-whitespace': { minifyWhitespace: true },
  'esbuild --minify-syntax': { minifySyntax: true },
  'both': { minifyWhitespace: true, minifySyntax: true },
  'esbuild --minify-identifiers': { minifyIdentifiers: true },
  'esbuild --minify': { minify: true },
  'esbuild --minify --sourcemap=inline': { minify: true, sourcemap: 'inline' },
};

let state = 1;
const random = (below) => (state = (state * 1103515245 + 12345) & 0x7fffffff, (state >> 8) % below);

function sources(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(file);
    return SOURCE.test(entry.name) && fs.statSync(file).size > 600 ? [file] : [];
  });
}

function resolve(id, from) {
  const base = path.isAbsolute(id) ? id : id.startsWith('.') && from ? path.resolve(path.dirname(from), id) : null;
  if (!base) return null;
  const tries = [base, `${base}.ts`, `${base}.tsx`, `${base}.js`, base.replace(/\.js$/, '.ts'), `${base}/index.ts`, `${base}/index.js`];
  return tries.find((file) => fs.existsSync(file) && fs.statSync(file).isFile()) ?? null;
}

function report(library, variant, work, out, taken) {
  const run = spawnSync(packgate, ['check', '--as-is', '--format', 'json', '--project', work, out], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const findings = JSON.parse(run.stdout).artifacts[0].findings;
  const named = findings.filter((finding) => finding.rule === 'internal-code').map((finding) => finding.evidence.file);
  const large = [...taken].filter(([, bytes]) => bytes >= LEAST_BYTES).map(([file]) => file);
  const found = large.filter((file) => named.includes(file)).length;
  const wrong = named.filter((file) => !taken.get(file)).length;
  console.log(`${library}\t${variant}\tlarge ${large.length}\tfound ${found}\tnamed ${named.length}\twrong ${wrong}`);
}

for (const folder of libraries) {
  const library = path.basename(path.dirname(path.resolve(folder)));
  const work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'internal-code-')));
  const core = path.join(work, 'core');
  fs.mkdirSync(path.join(work, '.git'));
  fs.cpSync(folder, core, { recursive: true });
  fs.writeFileSync(path.join(work, 'packgate.toml'), '[internal]\nroots = ["core"]\n');
  const files = sources(core);
  const picked = new Set();
  while (picked.size < Math.min(10, files.length)) picked.add(files[random(files.length)]);
  const entry = path.join(work, 'entry.js');
  fs.writeFileSync(entry, [...picked].map((file, at) => `import * as m${at} from ${JSON.stringify(file)}; console.log(m${at});`).join('\n'));
  const out = (name) => { const made = path.join(work, 'out', name); fs.mkdirSync(made, { recursive: true }); return made; };

  for (const [variant, options] of Object.entries(variants)) {
    const to = out(variant.replaceAll(/\W+/g, '-'));
    const external = { name: 'external', setup: (build) => build.onResolve({ filter: /.*/ }, (args) => {
      if (args.kind === 'entry-point') return null;
      const found = resolve(args.path, args.importer);
      return found ? { path: found } : { path: args.path, external: true };
    }) };
    const { metafile } = await esbuild.build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', outfile: path.join(to, 'bundle.js'), metafile: true, logLevel: 'silent', absWorkingDir: work, plugins: [external], ...options });
    const output = Object.values(metafile.outputs).find((output) => output.entryPoint);
    report(library, variant, work, to, new Map(Object.entries(output.inputs).map(([file, input]) => [file, input.bytesInOutput])));
  }

  const typescript = { name: 'typescript',
    resolveId: (id, from) => from ? resolve(id, from) ?? { id, external: true } : null,
    transform: (code, id) => /\.[cm]?tsx?$/.test(id) ? { code: esbuild.transformSync(code, { loader: id.endsWith('x') ? 'tsx' : 'ts', target: 'es2022' }).code, map: null } : null };
  const bundle = await rollup({ input: entry, shimMissingExports: true, onwarn() {}, plugins: [typescript] });
  const [chunk] = (await bundle.generate({ format: 'es' })).output;
  const to = out('rollup');
  fs.writeFileSync(path.join(to, 'bundle.js'), chunk.code);
  report(library, 'rollup', work, to, new Map(Object.entries(chunk.modules).map(([file, module]) => [path.relative(work, file), module.renderedLength])));
  fs.rmSync(work, { recursive: true });
}
