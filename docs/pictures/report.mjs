// Photographs the HTML report of the sample: node docs/pictures/report.mjs PROGRAM writes docs/pictures/report.png.
// No test holds it: every Chromium draws letters a little differently.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "../../tests/clients/browser.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "report-"));
const report = path.join(folder, "report.html");
const sample = path.join("fixtures", "samples", "acme-cli-2.1.88.tgz");
spawnSync(path.resolve(process.argv[2]), ["check", sample, "--format", `html=${report}`], { cwd: path.join(here, "../..") });

const browser = await open();
const page = await browser.newPage({ viewport: { width: 1100, height: 760 }, colorScheme: "light" });
await page.goto(pathToFileURL(report).href);
await page.screenshot({ path: path.join(here, "report.png") });
await browser.close();
fs.rmSync(folder, { recursive: true });
