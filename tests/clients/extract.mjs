// Extracts tarballs as npm installs them, with its own modules: node extract.mjs MODULES OUT ARCHIVE...
// puts the first one into OUT/0 and so on. Prints the numbers of those that it refuses.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, out, ...archives] = process.argv.slice(2);
const pacote = createRequire(join(modules, "npm", "package.json"))("pacote");
const refused = new Set();
let current;
// npm dies of some of these archives.
process.on("uncaughtException", () => refused.add(current));
for (const [number, archive] of archives.entries()) {
  current = number;
  const into = join(out, String(number));
  mkdirSync(into, { recursive: true });
  let timer;
  const endless = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("endless")), 5000);
  });
  const extracted = pacote.extract(`file:${archive}`, into, { cache: join(out, "cache") });
  await Promise.race([extracted, endless]).catch(() => refused.add(number));
  clearTimeout(timer);
}
console.log(JSON.stringify([...refused]));
process.exit();
