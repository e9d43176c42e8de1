// Lists what npm's own tar module reads from each tarball of a folder, as npm installs it: first segment
// stripped, files only, the last one of a name wins. Prints {file: {path: hex content} or null}.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, folder] = process.argv.slice(2);
const tar = createRequire(join(modules, "npm", "package.json"))("tar");
const all = {};
const failed = new Set();
let current;
process.on("uncaughtException", () => failed.add(current));
for (const name of readdirSync(folder).sort()) {
  current = name;
  const files = {};
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("endless")), 5000);
      const reading = tar.t({
        file: join(folder, name),
        onReadEntry(entry) {
          if (!["File", "OldFile", "ContiguousFile"].includes(entry.type)) return entry.resume();
          const parts = entry.path.split("/").filter((part) => part !== "" && part !== ".");
          const digest = createHash("sha256");
          entry.on("data", (piece) => digest.update(piece));
          entry.on("end", () => {
            if (parts.length > 1 && !parts.includes("..")) files[parts.slice(1).join("/")] = digest.digest("hex");
          });
        },
      });
      reading.then(
        () => (clearTimeout(timer), resolve()),
        (error) => (clearTimeout(timer), reject(error)),
      );
    });
    all[name] = failed.has(name) ? null : files;
  } catch {
    all[name] = null;
  }
}
console.log(JSON.stringify(all));
