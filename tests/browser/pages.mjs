// Opens each page in both themes, at the width of a desk and of a phone. It must be whole: nothing wider than the window, nothing said on
// the console, no request to another host. On /docs a prediction is made as a person would, of numbers and of texts.
// usage: node pages.mjs CHROMIUM IRIS_URL TEXTS_URL REPORT.html SCREENS_FOLDER
import assert from "node:assert/strict";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [, , executablePath, server, texts, report, screens] = process.argv;
const virginica = ["6.3", "3.3", "6.0", "2.5"];

async function ready(url) {
  for (let i = 0; i < 100; i++) {
    try { if ((await fetch(url)).ok) return; } catch { /* not yet listening */ }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer from ${url}`);
}

/** Fills the form with the values and sends it; the page must say the answer. */
async function predict(page, values, wanted) {
  const inputs = page.locator("form input:not([type=hidden]):not([type=submit]):not([type=checkbox])");
  await inputs.nth(values.length - 1).waitFor({ timeout: 10000 });  // the page builds its form from /openapi.json
  assert.ok((await inputs.count()) >= values.length, "the form has an input for each feature");
  for (let i = 0; i < values.length; i++) await inputs.nth(i).fill(values[i]);
  const answer = page.waitForResponse((response) => response.url().endsWith("/predict") && response.request().method() === "POST");
  await page.locator("form button[type=submit], form button:not([type])").first().click();
  assert.equal((await answer).status(), 200);
  await page.locator(".answer", { hasText: wanted }).first().waitFor({ timeout: 5000 });
}

async function look(browser, name, url, colorScheme, width, act) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const said = [], strange = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) said.push(message.text()); });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    const own = url.startsWith("file:") ? request.url() === url : request.url().startsWith(new URL(url).origin);
    if (!own && !/^(data|blob):/.test(request.url())) strange.push(request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  if (act) await act(page);
  await page.waitForTimeout(200);
  await page.screenshot({ path: path.join(screens, `${name}-${colorScheme}-${width}.png`), fullPage: true });
  // What sticks out of the window, unless a box of its own scrolls it.
  const cut = await page.evaluate(() => {
    const root = document.documentElement;
    const wide = root.scrollWidth > root.clientWidth ? [`page: ${root.scrollWidth} > ${root.clientWidth}`] : [];
    return wide.concat([...document.querySelectorAll("button, input, h1, h2, h3, p, label, th, td, svg, canvas")].filter((element) => {
      if (element.closest("[style*='overflow'], .scroll, .wide, pre")) return false;
      const box = element.getBoundingClientRect();
      let parent = element.parentElement;
      for (; parent; parent = parent.parentElement) if (/auto|scroll/.test(getComputedStyle(parent).overflowX)) return false;
      return box.width > 0 && box.right > root.clientWidth + 1;
    }).map((element) => `${element.tagName} ${element.textContent.slice(0, 30)}`));
  });
  const text = (await page.evaluate(() => document.body.innerText)).trim();
  await context.close();
  assert.deepEqual(said, [], "nothing is said on the console");
  assert.deepEqual(strange, [], "no request to another host");
  assert.deepEqual(cut, [], "nothing is cut off");
  assert.ok(text.length > 200, `the page says something: ${text}`);
}

await ready(`${server}/readyz`);
await ready(`${texts}/readyz`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
let passed = 0, failed = 0;
for (const [name, url, act] of [["docs", `${server}/docs`, (page) => predict(page, virginica, "virginica")],
                               ["docs-texts", `${texts}/docs`, (page) => predict(page, ["Cherbourg", "30"], "yes")], ["report", pathToFileURL(path.resolve(report)).href]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1440, 390]) {
      try {
        await look(browser, name, url, colorScheme, width, act);
        passed++;
      } catch (error) {
        failed++;
        console.log(`${name}, ${colorScheme}, ${width} wide: ${error.message}`);
      }
    }
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
