// Builds the project in ./project with every bundler found under PACKGATE_BUNDLERS and every option that
// has to do with source maps, each into a folder of its own: node build.mjs WORK. The project is copied to
// WORK/src first; the results are WORK/out/TOOL-OPTION. Prints the names of the folders.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = process.env.PACKGATE_BUNDLERS;
const work = process.argv[2];
const require = createRequire(join(home, "index.js"));
mkdirSync(join(work, "out"), { recursive: true });
cpSync(join(dirname(fileURLToPath(import.meta.url)), "project"), join(work, "src"), { recursive: true });
writeFileSync(join(work, "package.json"), JSON.stringify({ name: "acme", version: "1.0.0", type: "module" }));
process.chdir(work);

const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const bin = (name, path) => join(home, "node_modules", name, path);
const node = (script, ...args) => run(process.execPath, script, ...args);
const out = (name) => {
  mkdirSync(join("out", name), { recursive: true });
  return join("out", name);
};

const tools = {
  async esbuild() {
    const { build } = require("esbuild");
    const base = { entryPoints: ["src/index.ts"], bundle: true, logLevel: "error" };
    for (const sourcemap of ["linked", "inline", "external", "both"]) {
      await build({ ...base, sourcemap, outfile: `${out(`esbuild-${sourcemap}`)}/index.js` });
    }
    await build({ ...base, sourcemap: "linked", sourcesContent: false, outfile: `${out("esbuild-nosources")}/index.js` });
    await build({ ...base, outfile: `${out("esbuild-none")}/index.js` });
    const built = await build({ ...base, metafile: true, write: false, outfile: "index.js" });
    writeFileSync(join(out("esbuild-metafile"), "meta.json"), JSON.stringify(built.metafile));
  },
  async rollup() {
    const { rollup } = require("rollup");
    const resolve = { name: "resolve", resolveId: (id) => (id === "./util" ? join(process.cwd(), "src/util.js") : null) };
    const bundle = await rollup({ input: "src/index.js", plugins: [resolve] });
    for (const [name, options] of [
      ["true", { sourcemap: true }],
      ["inline", { sourcemap: "inline" }],
      ["hidden", { sourcemap: "hidden" }],
      ["nosources", { sourcemap: true, sourcemapExcludeSources: true }],
      ["debugids", { sourcemap: true, sourcemapDebugIds: true }],
      ["remote", { sourcemap: true, sourcemapBaseUrl: "https://acme-maps.s3.amazonaws.com/" }],
      ["none", {}],
    ]) {
      await bundle.write({ ...options, format: "es", file: `${out(`rollup-${name}`)}/index.js` });
    }
  },
  async webpack() {
    const webpack = require("webpack");
    // The table of devtools in webpack's documentation.
    const shapes = ["cheap-source-map", "cheap-module-source-map", "source-map"];
    const prefixes = ["", "inline-", "eval-", "hidden-", "nosources-", "inline-nosources-", "eval-nosources-", "hidden-nosources-"];
    const devtools = [false, "eval", ...prefixes.flatMap((prefix) => shapes.map((shape) => prefix + shape))];
    for (const devtool of devtools) {
      const stats = await new Promise((resolve, reject) =>
        webpack(
          {
            mode: "development",
            devtool,
            context: process.cwd(),
            entry: "./src/index.js",
            // From 5.113 on webpack takes `./util` for util.ts, which stands beside it, before util.js.
            resolve: { extensions: [".js"] },
            module: { rules: [{ test: /\.js$/, resolve: { fullySpecified: false } }] },
            output: { path: join(process.cwd(), out(`webpack-${devtool || "none"}`)), filename: "index.js" },
          },
          (error, stats) => (error || stats.hasErrors() ? reject(error ?? stats.toString()) : resolve(stats)),
        ),
      );
      if (!devtool) {
        const json = stats.toJson({ all: false, modules: true, source: true, assets: true, reasons: true });
        writeFileSync(join(out("webpack-stats"), "stats.json"), JSON.stringify(json));
      }
    }
  },
  async typescript() {
    const compile = (name, ...options) =>
      node(bin("typescript", "bin/tsc"), "src/index.ts", "src/util.ts", "--target", "es2022", "--module", "esnext",
        "--moduleResolution", "bundler", "--rootDir", "src", "--types", "", "--ignoreConfig", "--outDir", out(`tsc-${name}`), ...options);
    compile("none");
    compile("sourcemap", "--sourceMap");
    compile("inlinesources", "--sourceMap", "--inlineSources");
    compile("inlinesourcemap", "--inlineSourceMap");
    compile("inlineboth", "--inlineSourceMap", "--inlineSources");
    compile("declarationmap", "--declaration", "--declarationMap");
    compile("sourceroot", "--sourceMap", "--sourceRoot", "https://acme-sources.r2.dev/src");
    compile("maproot", "--sourceMap", "--mapRoot", "https://maps.acme.corp/");
  },
  async vite() {
    const { build } = await import(join(home, "node_modules/vite/dist/node/index.js"));
    for (const [name, sourcemap] of [["none", false], ["true", true], ["inline", "inline"], ["hidden", "hidden"]]) {
      await build({
        root: process.cwd(),
        configFile: false,
        logLevel: "error",
        build: { sourcemap, outDir: out(`vite-${name}`), lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" } },
      });
    }
  },
  async parcel() {
    for (const [name, options] of [["default", []], ["none", ["--no-source-maps"]]]) {
      node(bin("parcel", "lib/bin.js"), "build", "src/index.js", "--dist-dir", out(`parcel-${name}`), "--no-cache", ...options);
    }
  },
  async "@swc/core"() {
    const { transformFileSync } = require("@swc/core");
    const jsc = { parser: { syntax: "typescript" } };
    for (const [name, options] of [
      ["none", {}],
      ["true", { sourceMaps: true }],
      ["inline", { sourceMaps: "inline" }],
      ["nosources", { sourceMaps: true, inlineSourcesContent: false }],
    ]) {
      for (const file of ["index", "util"]) {
        const built = transformFileSync(`src/${file}.ts`, { jsc, swcrc: false, inlineSourcesContent: true, ...options });
        const link = built.map ? `\n//# sourceMappingURL=${file}.js.map\n` : "";
        writeFileSync(join(out(`swc-${name}`), `${file}.js`), built.code + link);
        if (built.map) writeFileSync(join(out(`swc-${name}`), `${file}.js.map`), built.map);
      }
    }
  },
  async sass() {
    const compile = (name, ...options) =>
      node(bin("sass", "sass.js"), ...options, "src/style.scss", `${out(`sass-${name}`)}/style.css`);
    compile("default");
    compile("none", "--no-source-map");
    compile("sources", "--embed-sources");
    compile("inline", "--embed-source-map");
    compile("inlinesources", "--embed-source-map", "--embed-sources");
  },
  async bun() {
    const package_ = readdirSync(join(home, "node_modules/@oven"))[0];
    const bun = join(home, "node_modules/@oven", package_, "bin/bun");
    for (const sourcemap of ["none", "linked", "inline", "external"]) {
      run(bun, "build", "src/index.ts", `--sourcemap=${sourcemap}`, "--outdir", out(`bun-${sourcemap}`));
    }
    run(bun, "build", "--compile", "src/index.ts", "--outfile", `${out("bun-compile")}/tool`);
    writeFileSync(join(out("bun-itself"), "bun"), readFileSync(bun));
  },
};

for (const [name, build] of Object.entries(tools)) {
  if (!existsSync(join(home, "node_modules", name))) continue;
  try {
    await build();
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    process.exitCode = 1;
  }
}
console.log(readdirSync("out").sort().join("\n"));
