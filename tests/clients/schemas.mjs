// Holds reports to their schemas: node schemas.mjs FOLDER, with sarif.json and json.json in it.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);

let wrong = 0;
for (const [report, schema] of [
  ["sarif.json", path.join(here, "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json")],
  ["json.json", path.join(here, "../../docs/report.schema.json")],
]) {
  const validate = ajv.compile(read(schema));
  if (validate(read(path.join(folder, report)))) {
    console.log(`${report}: valid`);
  } else {
    wrong += 1;
    console.log(`${report}: not valid`, JSON.stringify(validate.errors.slice(0, 10), null, 2));
  }
}
process.exit(wrong ? 1 : 0);
