// The Chromium that this machine has.
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

/** Starts it; ends with status 3 where there is none. */
export function open() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const executablePath = process.env.PATH.split(path.delimiter)
    .flatMap((directory) => names.map((name) => path.join(directory, name)))
    .find((file) => fs.existsSync(file));
  if (!executablePath) {
    console.log("no Chromium found");
    process.exit(3);
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
