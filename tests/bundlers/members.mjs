// Bundles the package in FOLDER with the bundlers found under PACKGATE_BUNDLERS, plain, minified and with
// maps, each into a folder of its own: node members.mjs FOLDER. The entry point is src/index.js; what it imports is found
// in node_modules. The results are FOLDER/built/TOOL-OPTION. Prints the names of the folders.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const home = process.env.PACKGATE_BUNDLERS;
process.chdir(process.argv[2]);
const require = createRequire(join(home, "index.js"));

const options = [
  ["plain", { minify: false, map: false }],
  ["map", { minify: false, map: true }],
  ["minified", { minify: true, map: false }],
  ["minifiedmap", { minify: true, map: true }],
];
const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const out = (name) => {
  mkdirSync(join("built", name), { recursive: true });
  return join("built", name);
};

const tools = {
  async esbuild(name, { minify, map }) {
    const { build } = require("esbuild");
    const sourcemap = map && "linked";
    await build({ entryPoints: ["src/index.js"], bundle: true, format: "esm", logLevel: "error", minify, sourcemap, outdir: out(name) });
  },
  async rolldown(name, { minify, map }) {
    const { rolldown } = await import(join(home, "node_modules/rolldown/dist/index.mjs"));
    const bundle = await rolldown({ input: "src/index.js" });
    await bundle.write({ dir: out(name), minify, sourcemap: map });
  },
  async rollup(name, { minify, map }) {
    const { rollup } = require("rollup");
    const { minify: terser } = require("terser");
    // What its plugin for node_modules does, as far as it matters here.
    const find = {
      name: "find",
      resolveId: (id, from) => {
        const link = resolve("node_modules", id, "src/index.js");
        if (existsSync(link)) return realpathSync(link);
        return from && id.startsWith(".") ? join(dirname(from), id) : null;
      },
    };
    const small = { name: "small", renderChunk: (code) => terser(code, { module: true, sourceMap: map }) };
    const bundle = await rollup({ input: "src/index.js", plugins: [find, ...(minify ? [small] : [])] });
    await bundle.write({ format: "es", dir: out(name), sourcemap: map });
  },
  async webpack(name, { minify, map }) {
    const webpack = require("webpack");
    const settings = {
      mode: minify ? "production" : "none",
      devtool: map && "source-map",
      context: process.cwd(),
      entry: "./src/index.js",
      output: { path: resolve(out(name)), filename: "index.js", library: { type: "commonjs2" } },
    };
    await new Promise((done, fail) =>
      webpack(settings, (error, stats) => (error || stats.hasErrors() ? fail(error ?? stats.toString()) : done())),
    );
  },
  async vite(name, { minify, map }) {
    const { build } = await import(join(home, "node_modules/vite/dist/node/index.js"));
    const lib = { entry: "src/index.js", formats: ["es"], fileName: "index" };
    await build({ root: process.cwd(), configFile: false, logLevel: "error", build: { lib, minify, sourcemap: map, outDir: out(name) } });
  },
  async bun(name, { minify, map }) {
    const bun = join(home, "node_modules/@oven", readdirSync(join(home, "node_modules/@oven"))[0], "bin/bun");
    const flags = [minify ? ["--minify"] : [], map ? ["--sourcemap=linked"] : []].flat();
    run(bun, "build", "src/index.js", "--outdir", out(name), ...flags);
  },
};

for (const [tool, build] of Object.entries(tools)) {
  if (!existsSync(join(home, "node_modules", tool))) continue;
  for (const [option, wanted] of options) {
    try {
      await build(`${tool}-${option}`, wanted);
    } catch (error) {
      console.error(`${tool}-${option}: ${error.stack ?? error}`);
      process.exitCode = 1;
    }
  }
}
console.log(readdirSync("built").sort().join("\n"));
