// What is built of each project, with what settings, and what comes of it: `leak` (source text is in it), `minified`,
// `unminified` (code without source text, comments may be kept), `declarations`, `documentation`.
//
// `$P` is the project, `$O` the folder to write to, `$T` the tools (`npm install`), `$Y` Python's virtual environment.

const esbuild = '$T/.bin/esbuild $P/src/index.ts --bundle --format=esm --outfile=$O/index.js';
const esbuildJs = '$T/.bin/esbuild $P/src/index.js --bundle --platform=node --outfile=$O/index.js';
const rollup = (rest, options = '') =>
  `cd $P && node --input-type=module -e "
import { rollup } from '$T/rollup/dist/es/rollup.js'; import { transform } from '$T/esbuild/lib/main.js';
import { minify } from '$T/terser/dist/bundle.min.js'; import fs from 'node:fs'; import path from 'node:path';
const ts = { name: 'ts', resolveId: (id, from) => id.startsWith('.') && from ? path.resolve(path.dirname(from), id + (path.extname(id) ? '' : '.ts')) : null,
  transform: async (code, id) => id.endsWith('.ts') ? transform(code, { loader: 'ts', sourcemap: true, sourcefile: id }) : null };
const bundle = await rollup({ input: fs.existsSync('src/index.ts') ? 'src/index.ts' : 'src/index.js', plugins: [ts], onLog() {} });
const { output } = await bundle.generate({ format: 'es', ${options} });
${rest}"`;
const write = 'for (const part of output) fs.writeFileSync("$O/" + part.fileName, part.code ?? part.source);'.replaceAll('"', "'");
const minify = "fs.writeFileSync('$O/index.js', (await minify(output[0].code, { module: true })).code);";
const tsc = '$T/.bin/tsc -p $P --outDir $O';
const vite = (config) =>
  `cd $P && node --input-type=module -e "
import { createRequire } from 'node:module'; const need = createRequire('$T/x.js');
const { build } = await import('$T/vite/dist/node/index.js'); const vue = (await import('$T/@vitejs/plugin-vue/dist/index.mjs')).default;
await build({ logLevel: 'silent', root: '$P', plugins: [vue()], resolve: { alias: { vue: '$T/vue/dist/vue.runtime.esm-bundler.js' } }, build: { outDir: '$O', emptyOutDir: false, ${config} } });"`;
const webpack = (config, main = './src/index.js') =>
  `cd $P && node -e "
const webpack = require('$T/webpack'); const fs = require('fs');
webpack({ context: '$P', entry: '${main}', output: { path: '$O' }, resolve: { extensions: ['.ts', '.js'] }, ${config} }, (error, stats) => { if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); } globalThis.done?.(stats); });"`;
const webpackStats = (options) => webpack("mode: 'production', devtool: false").replace('webpack({', `globalThis.done = (stats) => fs.writeFileSync('$O/stats.json', JSON.stringify(stats.toJson(${options}))); webpack({`);
const rspack = (config) => webpack(config).replaceAll('$T/webpack', '$T/@rspack/core').replace("const webpack = require('$T/@rspack/core')", "const { rspack: webpack } = require('$T/@rspack/core')");

export const BUILDS = [
  // TypeScript
  ['library', 'esbuild-minified', 'minified', `${esbuild} --minify`],
  ['library', 'esbuild', 'unminified', esbuild],
  ['library', 'esbuild-metafile', 'minified', `${esbuild} --minify --metafile=$O/meta.json --analyze`],
  ['library', 'esbuild-unbundled', 'unminified', '$T/.bin/esbuild $P/src/*.ts --outdir=$O'],
  ['library', 'tsc', 'unminified', `${tsc} --declaration false`],
  ['library', 'tsc-no-comments', 'unminified', `${tsc} --declaration false --removeComments`],
  ['library', 'tsc-declarations', 'declarations', `${tsc} --emitDeclarationOnly`],
  ['library', 'swc', 'unminified', 'cd $P && $T/.bin/swc src -d $O -C jsc.parser.syntax=typescript -C jsc.target=es2022 --strip-leading-paths'],
  ['library', 'swc-minified', 'minified', 'cd $P && $T/.bin/swc src -d $O -C minify=true -C jsc.minify.compress=true -C jsc.minify.mangle=true -C jsc.parser.syntax=typescript -C jsc.target=es2022 --strip-leading-paths'],
  ['library', 'babel', 'unminified', 'cd $P && $T/.bin/babel src -d $O -x .ts --presets $T/@babel/preset-typescript'],
  ['library', 'babel-minified', 'minified', 'cd $P && $T/.bin/babel src -d $O -x .ts --no-comments --minified --presets $T/@babel/preset-typescript'],
  ['library', 'rollup', 'unminified', rollup(write)],
  ['library', 'rollup-terser', 'minified', rollup(minify)],
  ['library', 'vite-library', 'minified', vite("lib: { entry: '$P/src/index.ts', formats: ['es'], fileName: 'index' }, minify: 'terser'".replace("minify: 'terser'", 'minify: true'))],
  ['library', 'tsup', 'unminified', 'cd $P && $T/.bin/tsup src/index.ts --format esm -d $O --no-config'],
  ['library', 'typedoc', 'documentation', 'cd $P && $T/.bin/typedoc --entryPoints src/*.ts --out $O --skipErrorChecking --disableSources'],
  ['library', 'sources-copied', 'leak', 'cp -r $P/src $O/lib'],
  ['library', 'data-url', 'leak', "node -e \"const fs = require('fs'); for (const f of fs.readdirSync('$P/src')) fs.writeFileSync('$O/' + f + '.js', 'new URL(\\\"data:video/mp2t;base64,' + fs.readFileSync('$P/src/' + f, 'base64') + '\\\", import.meta.url)')\""],
  ['library', 'vite-raw', 'leak', "cd $P && printf 'import text from \"./index.ts?raw\";\\n%s\\nconsole.log(text, all);\\n' \"$(ls src | grep -v -e index -e raw | sed 's/.*/import \\\"&\\\";/; s/.*\"\\(.*\\)\".*/import _\\1 from \".\\/\\1?raw\";/' | sed 's/_\\([a-z]*\\)\\.ts from/_\\1 from/')\" > src/raw.js; sed -i 's/, all)/)/' src/raw.js; names=$(grep -o '_[a-z]*' src/raw.js | sort -u | tr '\\n' ','); echo \"console.log($names 1);\" >> src/raw.js; " + vite("lib: { entry: '$P/src/raw.js', formats: ['es'], fileName: 'raw' }") + '; rm src/raw.js'],
  ['library', 'babel-cache', 'leak', "cd $P && node -e \"const fs = require('fs'), babel = require('$T/@babel/core'); for (const f of fs.readdirSync('src')) fs.writeFileSync('$O/' + f + '.json', JSON.stringify(babel.transformFileSync('src/' + f, { presets: ['$T/@babel/preset-typescript'], sourceMaps: false, ast: true }).options) + JSON.stringify(fs.readFileSync('src/' + f, 'utf8')))\""],
  // JavaScript
  ['worker', 'esbuild-minified', 'minified', `${esbuildJs} --minify`],
  ['worker', 'esbuild', 'unminified', esbuildJs],
  ['worker', 'webpack', 'minified', webpack("mode: 'production', devtool: false")],
  ['worker', 'webpack-unminified', 'unminified', webpack("mode: 'none', devtool: false")],
  ['worker', 'webpack-cache', 'leak', webpack("mode: 'production', devtool: false, cache: { type: 'filesystem', cacheDirectory: '$O/.cache' }")],
  ['worker', 'webpack-cache-gzip', 'leak', webpack("mode: 'production', devtool: false, cache: { type: 'filesystem', compression: 'gzip', cacheDirectory: '$O/.cache' }")],
  ['worker', 'webpack-stats', 'leak', webpackStats('{ all: true, source: true }')],
  ['worker', 'rspack', 'minified', rspack("mode: 'production', devtool: false")],
  ['worker', 'ncc-minified', 'minified', '$T/.bin/ncc build $P/src/index.js -o $O --minify'],
  ['worker', 'ncc', 'unminified', '$T/.bin/ncc build $P/src/index.js -o $O'],
  ['worker', 'ncc-assets', 'leak', '$T/.bin/ncc build $P/src/index.js -o $O --minify && mkdir $O/cache && cp $P/src/*.js $O/cache && tar -C $O -cf $O/cache.tar cache && rm -r $O/cache'],
  ['worker', 'jsdoc', 'leak', '$T/.bin/jsdoc -d $O $P/src/*.js'],
  ['worker', 'terser', 'minified', '$T/.bin/terser $P/src/*.js -c -m -o $O/all.js'],
  ['worker', 'coverage', 'leak', "cd $P && NODE_V8_COVERAGE=$O node src/index.js && node -e \"const fs = require('fs'); for (const f of fs.readdirSync('$O')) { const c = JSON.parse(fs.readFileSync('$O/' + f)); c.sources = fs.readdirSync('src').map((s) => fs.readFileSync('src/' + s, 'utf8')); fs.writeFileSync('$O/' + f, JSON.stringify(c)); }\""],
  ['worker', 'heap-snapshot', 'leak', "cd $P && node -e \"require('./src/index.js'); require('v8').writeHeapSnapshot('$O/Heap.heapsnapshot')\""],
  ['worker', 'startup-snapshot', 'leak', "cd $P && node -e \"const fs = require('fs'); fs.writeFileSync('$O/entry.js', 'globalThis.all = [];' + fs.readdirSync('src').map((f) => 'all.push((function(exports, require) {' + fs.readFileSync('src/' + f) + ' return exports; })({}, () => ({})));').join(' '))\" && node --snapshot-blob $O/snap.blob --build-snapshot $O/entry.js && rm $O/entry.js"],
  ['worker', 'startup-snapshot-wide', 'leak', "cd $P && node -e \"const fs = require('fs'); fs.writeFileSync('$O/entry.js', '// \u2192\\nglobalThis.all = [];' + fs.readdirSync('src').map((f) => 'all.push((function(exports, require) {' + fs.readFileSync('src/' + f) + ' return exports; })({}, () => ({})));').join(' '))\" && node --snapshot-blob $O/snap.blob --build-snapshot $O/entry.js && rm $O/entry.js"],
  ['worker', 'hermes', 'minified', '$T/.bin/esbuild $P/src/index.js --bundle --platform=node --target=es2016 --outfile=$O/index.js && $T/hermes-engine/linux64-bin/hermesc -O -emit-binary -out $O/index.hbc $O/index.js; rm $O/index.js'],
  ['worker', 'hermes-text', 'leak', "node -e \"const fs = require('fs'); fs.writeFileSync('$O/raw.js', 'print(' + fs.readdirSync('$P/src').map((f) => JSON.stringify(fs.readFileSync('$P/src/' + f, 'utf8'))).join(', ') + ')')\" && $T/hermes-engine/linux64-bin/hermesc -O -emit-binary -out $O/raw.hbc $O/raw.js; rm $O/raw.js"],
  ['worker', 'hermes-text-wide', 'leak', "node -e \"const fs = require('fs'); fs.writeFileSync('$O/raw.js', 'print(' + fs.readdirSync('$P/src').map((f) => JSON.stringify('\u2192' + fs.readFileSync('$P/src/' + f, 'utf8'))).join(', ') + ')')\" && $T/hermes-engine/linux64-bin/hermesc -O -emit-binary -out $O/raw.hbc $O/raw.js; rm $O/raw.js"],
  ['worker', 'compile-cache', 'minified', 'cd $P && $T/.bin/terser src/*.js -c -m -o $O/all.js && NODE_COMPILE_CACHE=$O/cache node src/index.js'],
  // Vue
  ['app', 'vite', 'minified', vite('')],
  ['app', 'vite-unminified', 'unminified', vite('minify: false')],
  ['app', 'sources-in-assets', 'leak', 'cp -r $P/src $O/assets'],
  // Python
  ['python', 'cython', 'minified', 'cp -r $P/acme $O/w && cd $O/w && rm -f plain_* && $Y/bin/cythonize -q -i *.pyx && rm -rf build *.pyx *.c && cd .. && mv w acme'],
  ['python', 'cython-c', 'leak', 'mkdir $O/c && $Y/bin/cython --3str -o $O/c $P/acme/*.pyx 2>/dev/null || for f in $P/acme/*.pyx; do $Y/bin/cython -o $O/c/$(basename $f .pyx).c $f; done'],
  ['python', 'cython-a', 'leak', 'for f in $P/acme/*.pyx; do cp $f $O; $Y/bin/cython -a $O/$(basename $f); rm $O/$(basename $f) $O/$(basename $f .pyx).c; done'],
  ['python', 'pyc', 'minified', 'cp $P/acme/plain_*.py $O && $Y/bin/python -m compileall -q -b $O && rm $O/*.py'],
  ['python', 'pickle', 'leak', "$Y/bin/python -c \"import pickle, glob; pickle.dump({p.split('/')[-1]: open(p).read() for p in glob.glob('$P/acme/*')}, open('$O/model.pkl', 'wb'))\""],
  ['python', 'pickle-text', 'leak', "$Y/bin/python -c \"import pickle, glob; pickle.dump({p.split('/')[-1]: open(p).read() for p in glob.glob('$P/acme/*')}, open('$O/model.pkl', 'wb'), 0)\""],
  ['python', 'coverage-page', 'leak', 'cd $P && $Y/bin/coverage run --data-file=$O/data --source=acme -m acme.$(basename $(ls acme/plain_*.py | head -1) .py); $Y/bin/coverage html -q --data-file=$O/data -d $O/html && rm $O/data'],
  ['python', 'sqlite-wide', 'leak', "$Y/bin/python -c \"import sqlite3, glob; d = sqlite3.connect('$O/cache.db'); d.execute('pragma encoding=\\'UTF-16\\''); d.execute('create table files(name text, body text)'); d.executemany('insert into files values (?, ?)', [(p, open(p).read()) for p in glob.glob('$P/acme/*')]); d.commit()\""],
  ['python', 'sqlite-small-pages', 'leak', "$Y/bin/python -c \"import sqlite3, glob; d = sqlite3.connect('$O/cache.db'); d.execute('pragma page_size=512'); d.execute('create table files(name text, body text)'); d.executemany('insert into files values (?, ?)', [(p, open(p).read()) for p in glob.glob('$P/acme/*')]); d.commit()\""],
  ['python', 'sqlite', 'leak', "$Y/bin/python -c \"import sqlite3, glob; d = sqlite3.connect('$O/cache.db'); d.execute('create table files(name text, body text)'); d.executemany('insert into files values (?, ?)', [(p, open(p).read()) for p in glob.glob('$P/acme/*')]); d.commit()\""],
  ['python', 'notebook', 'leak', "$Y/bin/python -c \"import json, glob; json.dump({'cells': [{'cell_type': 'code', 'source': open(p).read().splitlines(True)} for p in glob.glob('$P/acme/*')], 'nbformat': 4}, open('$O/explore.ipynb', 'w'), indent=1)\""],
  ['python', 'sphinx', 'leak', "mkdir $O/s && cd $O/s && printf \"import sys; sys.path.insert(0, '$P/acme'); project = 'x'; extensions = ['sphinx.ext.autodoc', 'sphinx.ext.viewcode']\\n\" > conf.py && for f in $P/acme/plain_*.py; do m=$(basename $f .py); printf '%s\\n=====================\\n\\n.. automodule:: %s\\n   :members:\\n\\n' $m $m; done > index.rst && $Y/bin/python -m sphinx -q -b html . $O/html && rm -r $O/s"],
  ['python', 'egg-backup', 'leak', 'for f in $P/acme/*.pyx; do cp $f $O/$(basename $f)~; done'],
  // Rust
  ['rust', 'cdylib', 'minified', 'cd $P && cargo build -q --release --offline --target-dir $O/target && mv $O/target/release/lib*.so $O && rm -r $O/target'],
  ['rust', 'rustdoc', 'leak', 'cd $P && cargo doc -q --offline --target-dir $O/target && mv $O/target/doc $O && rm -r $O/target'],
  ['rust', 'debug-sources', 'leak', 'mkdir $O/src && cp $P/src/*.rs $O/src'],
  // Java
  ['java', 'jar', 'minified', 'javac -d $O/c $P/src/acme/*.java && jar cf $O/acme.jar -C $O/c . && rm -r $O/c'],
  ['java', 'sources-jar', 'leak', 'jar cf $O/acme-sources.jar -C $P/src .'],
  ['java', 'javadoc', 'documentation', 'javadoc -quiet -d $O $P/src/acme/*.java >/dev/null 2>&1 || true'],
  ['java', 'javadoc-linksource', 'leak', 'javadoc -quiet -linksource -d $O $P/src/acme/*.java >/dev/null 2>&1 || true'],
  // C#
  ['csharp', 'mcs', 'minified', 'mcs -target:library -optimize -out:$O/Acme.dll $P/src/*.cs'],
  ['csharp', 'mcs-documentation', 'documentation', 'mcs -target:library -doc:$O/Acme.xml -out:$O/Acme.dll $P/src/*.cs'],
  ['csharp', 'mcs-resources', 'leak', 'cd $P/src && mcs -target:library $(ls *.cs | sed s/^/-resource:/) -out:$O/Acme.dll *.cs'],
  ['csharp', 'content-files', 'leak', 'mkdir -p $O/lib $O/contentFiles/cs/any && mcs -target:library -out:$O/lib/Acme.dll $P/src/*.cs && cp $P/src/*.cs $O/contentFiles/cs/any'],
  // Go
  ['go', 'program', 'minified', 'cd $P && GOCACHE=$O.cache go build -trimpath -ldflags "-s -w" -o $O/acme . ; rm -rf $O.cache'],
  ['go', 'wasm', 'minified', 'cd $P && GOCACHE=$O.cache GOOS=js GOARCH=wasm go build -trimpath -ldflags "-s -w" -o $O/acme.wasm . ; rm -rf $O.cache'],
  ['go', 'coverage-page', 'leak', 'cp -r $P $O.w && cd $O.w && printf "package main\\n\\nimport \\"testing\\"\\n\\nfunc TestAll(t *testing.T) { main() }\\n" > all_test.go && GOCACHE=$O.cache go test -coverprofile=c.out . && GOCACHE=$O.cache go tool cover -html=c.out -o $O/page.html; rm -rf $O.w $O.cache'],
  ['go', 'embedded', 'leak', 'cp -r $P $O.w && cd $O.w && printf "package main\\n\\nimport _ \\"embed\\"\\n\\n//go:embed $(ls | grep go$ | grep -v main | head -1)\\nvar text string\\n\\nfunc init() { println(text) }\\n" > embed.go && GOCACHE=$O.cache go build -trimpath -ldflags "-s -w" -o $O/acme . ; rm -rf $O.w $O.cache'],
  // AssemblyScript
  ['wasm', 'asc', 'minified', 'cd $P && $T/.bin/asc src/index.ts -o $O/acme.wasm -O3'],
  ['wasm', 'asc-names', 'minified', 'cd $P && $T/.bin/asc src/index.ts -o $O/acme.wasm --debug'],
  ['wasm', 'asc-text-format', 'unminified', 'cd $P && $T/.bin/asc src/index.ts -o $O/acme.wasm -t $O/acme.wat'],
  ['wasm', 'asc-map', 'leak', 'cd $P && $T/.bin/asc src/index.ts -o $O/acme.wasm -O3 --sourceMap'],
  ['wasm', 'sources-beside', 'leak', 'cd $P && $T/.bin/asc src/index.ts -o $O/acme.wasm -O3 && mkdir $O/assembly && cp src/*.ts $O/assembly'],
];

/** What a project that others published in Python is built to; its module is `$P/src/$N`. */
export const PYTHON = [
  ['pyc', 'minified', 'cp -r $P/src/$N $O/$N && $Y/bin/python -m compileall -q -b $O && find $O -name "*.py" -delete'],
  ['cython', 'minified', 'cp -r $P/src/$N $O/w && cd $O/w && for f in $(ls *.py | grep -v __ | head -4); do $Y/bin/cythonize -q -3 -i $f; done; find . -not -name "*.so" -type f -delete; cd .. && mv w $N'],
  ['coverage-page', 'leak', 'cd $P/src && echo import $N >../all.py && $Y/bin/coverage run --data-file=$O/data --source=. ../all.py; rm ../all.py; $Y/bin/coverage html -q --data-file=$O/data -d $O/html; rm -f $O/data'],
  ['pickle', 'leak', "$Y/bin/python -c \"import pickle, glob; pickle.dump({p: open(p).read() for p in glob.glob('$P/src/$N/*.py')}, open('$O/model.pkl', 'wb'))\""],
  ['zipapp', 'leak', 'cp -r $P/src/$N $O/w && tar -C $O -cJf $O/w.bin w && rm -r $O/w'],
];

/** And one in Rust. */
export const RUST = [
  ['cdylib', 'minified', 'cd $P && cargo rustc -q --release --offline --crate-type cdylib --target-dir $O/target -- -C strip=symbols && mv $O/target/release/*.so $O; rm -rf $O/target'],
  ['rustdoc', 'leak', 'cd $P && cargo doc -q --no-deps --offline --target-dir $O/target && mv $O/target/doc $O; rm -rf $O/target'],
  ['sources-copied', 'leak', 'mkdir $O/out && cp $P/src/*.rs $O/out'],
];

/** What is put around one source file: its name with ` ` for the file's, and a function from its bytes. */
export const WRAPPINGS = (zlib, extra) => [
  ['base64', (text) => ['data.js', `export default "${text.toString('base64')}";\n`]],
  ['base64-lines', (text) => ['data.txt', `${text.toString('base64').replace(/.{76}/g, '$&\n')}\n`]],
  ['base64url', (text) => ['data.json', JSON.stringify({ body: text.toString('base64url') })]],
  ['gzip-base64', (text) => ['data.js', `const packed = "${zlib.gzipSync(text).toString('base64')}";\n`]],
  ['deflate-base64', (text) => ['data.js', `const packed = "${zlib.deflateSync(text).toString('base64')}";\n`]],
  ['raw-deflate-base64', (text) => ['data.js', `const packed = "${zlib.deflateRawSync(text).toString('base64')}";\n`]],
  ['brotli-base64', (text) => ['data.js', `const packed = "${zlib.brotliCompressSync(text).toString('base64')}";\n`]],
  ['gzip', (text) => ['data.bin', zlib.gzipSync(text)]],
  ['brotli', (text) => ['data.br', zlib.brotliCompressSync(text)]],
  ['zlib', (text) => ['data.z', zlib.deflateSync(text)]],
  ['json', (text) => ['data.json', JSON.stringify({ files: [{ source: text.toString() }] })]],
  ['json-lines', (text) => ['data.json', JSON.stringify(text.toString().split('\n'), null, 1)]],
  ['json-in-json', (text) => ['data.json', JSON.stringify({ inner: JSON.stringify({ source: text.toString() }) })]],
  ['literal', (text) => ['data.js', `var text = ${JSON.stringify(text.toString())};\n`]],
  ['single-quoted', (text) => ['data.js', `var text = '${text.toString().replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}';\n`]],
  ['template', (text) => ['data.js', `var text = \`${text.toString().replace(/[\\`$]/g, '\\$&')}\`;\n`]],
  ['eval', (text) => ['data.js', `eval(${JSON.stringify(`${text}\n//# sourceURL=webpack://x/y`)});\n`]],
  ['joined', (text) => ['data.js', `var text = ${text.toString().split('\n').map((line) => JSON.stringify(`${line}\n`)).join(' +\n')};\n`]],
  ['percent', (text) => ['data.js', `var url = "data:text/plain,${encodeURIComponent(text.toString())}";\n`]],
  ['data-url', (text) => ['data.css', `a { background: url(data:application/octet-stream;base64,${text.toString('base64')}) }\n`]],
  ['attribute', (text) => ['data.xml', `<file text="${text.toString().replace(/[&<>"\n]/g, (one) => `&#${one.charCodeAt(0)};`)}"/>\n`]],
  ['table', (text) => ['data.html', `<table>${text.toString().split('\n').map((line, at) => `<tr><td>${at + 1}</td><td>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</td></tr>`).join('')}</table>\n`]],
  ['numbers', (text) => ['data.js', `export default new Uint8Array([${[...text].join(',')}]);\n`]],
  ['hex-numbers', (text) => ['data.h', `char text[] = {${[...text].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ').replace(/.{72}/g, '$&\n')}};\n`]],
  ['hex-escapes', (text) => ['data.js', `var text = "${[...text].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}";\n`]],
  ['entities', (text) => ['data.html', `<pre>${text.toString().replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)}</pre>\n`]],
  ['highlighted', (text) => ['data.html', `<pre>${text.toString().replace(/[&<>"']/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[one]).replace(/\b(const|function|return|if|for|let|def|import|pub|fn)\b/g, '<span class="k">$1</span>')}</pre>\n`]],
  ['utf-16le', (text) => ['data.txt', Buffer.from(`\ufeff${text}`, 'utf16le')]],
  ['utf-16be', (text) => ['data.txt', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()]],
  ['latin1-crlf', (text) => ['data.bak', Buffer.from(text.toString().replaceAll('\n', '\r\n'), 'latin1')]],
  ['patch', (text, name) => ['change.patch', `--- a/${name}\n+++ b/${name}\n@@ -0,0 +1,${text.toString().split('\n').length} @@\n${text.toString().replace(/^/gm, '+')}`]],
  ['numbered', (text) => ['listing.txt', text.toString().split('\n').map((line, at) => `${String(at + 1).padStart(5)}  ${line}\n`).join('')]],
  ['comment', (text) => ['data.js', text.toString().replace(/^/gm, '// ')]],
  ['plain', (text, name) => [`${name}.orig`, text]],
  ...extra,
];
