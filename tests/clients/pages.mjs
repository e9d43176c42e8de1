// Opens pages in headless Chromium at several widths, light and dark: node pages.mjs FOLDER [SCREENSHOTS].
// Nothing may overflow, run, load or be flagged by axe.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { open } from "./browser.mjs";

const [folder, screenshots] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await open();
let wrong = 0;
const complain = (...words) => {
  wrong += 1;
  console.log(...words);
};

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".html"))) {
  for (const width of [390, 1280, 1920]) {
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      const where = `${file} at ${width}, ${colorScheme}`;
      page.on("dialog", async (dialog) => { complain(where, "a script ran:", dialog.message()); await dialog.dismiss(); });
      page.on("pageerror", (error) => complain(where, "error:", error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith("file:")) complain(where, "asked for", request.url());
      });
      const started = Date.now();
      await page.goto(pathToFileURL(path.resolve(folder, file)).href, { waitUntil: "load" });
      const loaded = Date.now() - started;
      const shot = (kind, fullPage) =>
        screenshots && page.screenshot({
          path: path.join(screenshots, `${path.basename(file, ".html")}-${width}-${colorScheme}${kind}.png`), fullPage });
      await shot("", false);
      const overflow = () => page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        const culprits = [...document.querySelectorAll("body *")]
          .filter((element) => !element.closest(".tiles, .skip") && element.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
        return { wide, culprits };
      });
      for (const opened of [false, true]) {
        if (opened) {
          await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
        }
        const { wide, culprits } = await overflow();
        if (wide > 0 || culprits.length) complain(where, opened ? "opened:" : "", "overflows by", wide, culprits);
      }
      if (width === 390 || (width === 1280 && colorScheme === "light")) {
        if (screenshots) {
          for (const part of ["map", "tree", "rule"]) {
            const found = page.locator(`.${part}`).first();
            if (await found.count()) {
              const name = `${path.basename(file, ".html")}-${width}-${colorScheme}-${part}.png`;
              await page.evaluate(() => document.querySelectorAll(".map details").forEach((details) => { details.open = false; }));
              await found.screenshot({ path: path.join(screenshots, name), clip: { x: 0, y: 0, width, height: 900 } });
            }
          }
        }
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
        for (const violation of violations) {
          complain(where, "axe:", violation.id, violation.help,
            violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`));
        }
      }
      console.log(`${where}: ${loaded} ms`);
      await context.close();
    }
  }
}
// The policy in the page, unlike above, is in force here: it must allow the page's own style and nothing else.
const page = await (await browser.newContext()).newPage();
let heard = [];
page.on("console", (message) => heard.push(message.text()));
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".html"))) {
  heard = [];
  await page.goto(pathToFileURL(path.resolve(folder, file)).href);
  if (heard.length) complain(file, heard);
  const styled = await page.evaluate(() => getComputedStyle(document.body).marginTop === "0px");
  if (!styled) complain(file, "lost its style");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  if (ran) complain(file, "lets scripts run");
}
await browser.close();
process.exit(wrong ? 1 : 0);
