// Opens the pages of a site as a phone shows them: node phone.mjs SITE [SCREENSHOTS].
// Text must fit the width; what is wider, such as a table, scrolls in its own place.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./browser.mjs";

const [site, screenshots] = process.argv.slice(2);
const browser = await open();
const page = await browser.newPage({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
let wrong = 0;
const files = fs.readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
// One rule's page is like the next.
const isPage = (name) => !/^rules.(?!index|own-source|secret-jwt)/.test(name) && name !== "toc.html";
// A page that leads to another one is gone before it can be looked at.
const leads = (name) => /http-equiv="refresh"|location\.replace/.test(fs.readFileSync(path.join(site, name), "utf8"));
const looked = files.filter((name) => isPage(name) && !leads(name));
for (const file of looked) {
  await page.goto(pathToFileURL(path.resolve(site, file)).href, { waitUntil: "load" });
  const { text, wide, culprits } = await page.evaluate(() => ({
    text: document.querySelector("main")?.innerText.length ?? 0,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    culprits: [...document.querySelectorAll("main *")]
      .filter((element) => !element.closest("pre, .table-wrapper") && element.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map((element) => element.outerHTML.slice(0, 120)),
  }));
  if (text > 0 && (wide > 0 || culprits.length)) {
    wrong += 1;
    console.log(file, "overflows by", wide, culprits);
  }
  if (screenshots) await page.screenshot({ path: path.join(screenshots, `${file.replaceAll(path.sep, "-")}.png`) });
}
await browser.close();
console.log(`${looked.length} pages, ${wrong} too wide`);
process.exit(wrong ? 1 : 0);
