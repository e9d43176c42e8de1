#!/usr/bin/env node
// Makes the npm packages: the launcher, and one for each platform that holds the program alone.
//
//   node npm/build.mjs BINARIES PACKAGES [--partial]
//
// BINARIES has a folder for each Rust target with the program in it; each folder of PACKAGES is ready for `npm pack`.
// The launcher names every platform, so each must be there; --partial is for trying out what one machine can build.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];
const LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"];

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

function fail(why) {
  process.stderr.write(`npm/build.mjs: ${why}\n`);
  process.exit(2);
}

/** npm's words for a Rust target. */
function platformOf(target) {
  const [arch, ...system] = target.split("-");
  const cpu = { x86_64: "x64", aarch64: "arm64" }[arch];
  const os = { linux: "linux", darwin: "darwin", windows: "win32" }[system[1]];
  return cpu && os ? `${os}-${cpu}` : fail(`${target} is not a target that is released`);
}

/** What all the packages say alike, from Cargo.toml. */
function common() {
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8").split("\n[dependencies]")[0];
  const key = (name) => new RegExp(`^${name} = "(.*)"$`, "m").exec(manifest)?.[1] ?? fail(`no ${name} in Cargo.toml`);
  return {
    version: key("version"),
    description: key("description"),
    license: key("license"),
    repository: { type: "git", url: `git+${key("repository")}.git` },
  };
}

/** A folder with a manifest, these files, and the licences, whose terms ask for their text in every copy. */
function write(folder, manifest, files) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const licences = LICENCES.map((name) => [name, join(root, name), 0o644]);
  for (const [name, source, mode] of [...files, ...licences]) {
    copyFileSync(source, join(folder, name));
    // Storage between two jobs of a workflow keeps no modes.
    chmodSync(join(folder, name), mode);
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { partial: { type: "boolean" } } });
const [binaries, packages] = positionals.length === 2 ? positionals : fail("BINARIES and PACKAGES are wanted");
const { description, ...about } = common();

const found = new Set();
for (const target of readdirSync(binaries).sort()) {
  const platform = platformOf(target);
  const [os, cpu] = platform.split("-");
  const program = os === "win32" ? "packgate.exe" : "packgate";
  const source = join(binaries, target, program);
  if (found.has(platform)) fail(`two targets for ${platform}`);
  if (!existsSync(source)) fail(`${source} is missing`);
  found.add(platform);
  const manifest = {
    name: `@packgate/cli-${platform}`,
    ...about,
    description: `The program of packgate for ${platform}; install "packgate" to get the right one`,
    os: [os],
    cpu: [cpu],
    files: [program, ...LICENCES],
    publishConfig: { access: "public" },
  };
  write(join(packages, `cli-${platform}`), manifest, [[program, source, 0o755]]);
}

const missing = PLATFORMS.filter((platform) => !found.has(platform));
if (missing.length > 0 && !values.partial) fail(`no program for ${missing.join(", ")}`);

const launcher = {
  name: "packgate",
  ...about,
  description,
  keywords: ["security", "publish", "npm", "audit", "supply-chain"],
  bin: { packgate: "packgate.js" },
  files: ["packgate.js", ...LICENCES],
  engines: { node: ">=18" },
  optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`@packgate/cli-${name}`, about.version])),
};
write(join(packages, "packgate"), launcher, [
  ["packgate.js", join(here, "packgate.js"), 0o755],
  ["README.md", join(root, "release", "page.md"), 0o644],
]);
