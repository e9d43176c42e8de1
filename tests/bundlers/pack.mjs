// Packs a small program with every packer that is installed: node pack.mjs WORK MARKER. The program holds the
// marker, and a source map with its original text where the packer takes one. The results are WORK/out/NAME.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = process.env.PACKGATE_BUNDLERS;
const [work, marker] = process.argv.slice(2);
const require = createRequire(join(home, "index.js"));
cpSync(join(dirname(fileURLToPath(import.meta.url)), "project"), join(work, "src"), { recursive: true });
process.chdir(work);
const banner = `globalThis.marker = "${marker}";`;

const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const out = (name) => {
  mkdirSync(join("out", name), { recursive: true });
  return join("out", name);
};

async function bundle(outfile) {
  const { build } = require("esbuild");
  await build({
    entryPoints: ["src/index.ts"], bundle: true, platform: "node", format: "cjs", banner: { js: banner }, sourcemap: "inline",
    logLevel: "error", outfile,
  });
}

const packers = {
  async asar() {
    await bundle("app/dist/main.js");
    const { createPackage } = require("@electron/asar");
    await createPackage("app", join(out("asar"), "app.asar"));
  },
  async bun() {
    const bun = join(home, "node_modules/@oven", readdirSync(join(home, "node_modules/@oven"))[0], "bin/bun");
    run(bun, "build", "--compile", "--minify", "--sourcemap", `--banner=${banner}`, "src/index.ts", "--outfile", join(out("bun"), "tool"));
  },
  async node() {
    await bundle("main.cjs");
    writeFileSync("sea.json", JSON.stringify({ main: "main.cjs", output: "sea.blob", disableExperimentalSEAWarning: true }));
    run(process.execPath, "--experimental-sea-config", "sea.json");
    const tool = join(out("node"), "tool");
    copyFileSync(process.execPath, tool);
    chmodSync(tool, 0o755);
    const { inject } = require("postject");
    const { readFileSync } = await import("node:fs");
    const say = console.log;
    console.log = () => {};
    await inject(tool, "NODE_SEA_BLOB", readFileSync("sea.blob"), { sentinelFuse: "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2" });
    console.log = say;
  },
  async pyinstaller() {
    await bundle("app.js");
    writeFileSync("house.py", `MARKER = "${marker}"\n`);
    writeFileSync("tool.py", "import house\nprint(house.MARKER)\n");
    run("pyinstaller", "--onefile", "--log-level", "ERROR", "--add-data", "app.js:assets", "--distpath", out("pyinstaller"), "tool.py");
  },
};

for (const [name, pack] of Object.entries(packers)) {
  if (name === "pyinstaller" && !process.env.PATH.split(":").some((folder) => existsSync(join(folder, name)))) continue;
  try {
    await pack();
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    process.exitCode = 1;
  }
}
console.log(readdirSync("out").sort().join("\n"));
