// What a reader's browser makes of a report: see check.sh.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
// REPORT_PICTURES names a folder for pictures to look at.
const pictures = process.env.REPORT_PICTURES;

async function opened(file, settings) {
  // axe is put into the page, which the page itself would not allow.
  const context = await browser.newContext({ bypassCSP: true, reducedMotion: "reduce", ...settings });
  const page = await context.newPage();
  const heard = [];
  page.on("console", (m) => heard.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => heard.push(`error: ${e}`));
  page.on("request", (r) => { if (!/^(file|data):/.test(r.url())) heard.push(`request: ${r.url()}`); });
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.waitForTimeout(300);
  return { page, heard, close: () => context.close() };
}

async function everyScreen(file, name) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const { page, heard, close } = await opened(file, { colorScheme, viewport: { width, height: 900 } });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} is ${wide} pixels too wide at ${width}`);
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
      assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].target}`), [], `${name}, ${colorScheme}, ${width}`);
      assert.deepEqual(heard, [], name);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png`, fullPage: true });
      await close();
    }
  }
}

async function printed(file, name) {
  const { page, close } = await opened(file, { viewport: { width: 1280, height: 900 } });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, path: pictures && `${pictures}/${name}.pdf` });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
  assert.ok(pages >= 1 && pages <= 8, `${name} prints on ${pages} pages`);
  await close();
  return pages;
}

async function valid(file, name) {
  const validator = new HtmlValidate({ extends: ["html-validate:standard"] });
  const report = await validator.validateFile(file);
  const messages = report.results.flatMap((r) => r.messages.map((m) => `${m.line}: ${m.ruleId} ${m.message}`));
  assert.deepEqual(messages.slice(0, 5), [], name);
}

// Pixels of the map that are neither its ground nor gray.
const colored = (page) => page.evaluate(() => {
  const canvas = document.getElementById("map");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.subarray(i, i + 4);
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 40) count++;
  }
  return count;
});

async function themap(file, name) {
  const { page, heard, close } = await opened(file, { viewport: { width: 1280, height: 900 } });
  if ((await page.locator("#map").count()) === 0) return close();
  const all = await colored(page);
  assert.ok(all > 300, `${name}: ${all} colored pixels`);
  const canvas = page.locator("#map");
  await canvas.scrollIntoViewIfNeeded();
  // Where a dot is: look for color from the middle outwards.
  const spot = await page.evaluate(() => {
    const canvas = document.getElementById("map");
    const ratio = canvas.width / canvas.getBoundingClientRect().width;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let far = 0; far < canvas.height / 2; far += 2) {
      for (let turn = 0; turn < 32; turn++) {
        const x = Math.round(canvas.width / 2 + far * Math.cos(turn * Math.PI / 16));
        const y = Math.round(canvas.height / 2 + far * Math.sin(turn * Math.PI / 16));
        const at = 4 * (y * canvas.width + x);
        const [r, g, b, a] = data.subarray(at, at + 4);
        if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 40) return { x: x / ratio, y: y / ratio };
      }
    }
    return null;
  });
  await canvas.hover({ position: spot });
  const tip = page.locator("#map-tip");
  assert.ok(await tip.isVisible(), `${name}: a tip over a dot`);
  const told = await tip.textContent();
  assert.match(told, /(segment|part|community) \d/, name);
  const lines = told.split("\n").length;
  const withCustomers = await page.evaluate(() => JSON.parse(document.getElementById("drawing").textContent).customers !== null);
  assert.ok(withCustomers ? lines >= 2 : lines <= 2, `${name}: ${told}`);

  // One group: fewer dots, and it says how many.
  await page.selectOption("#map-group", "0");
  await page.waitForTimeout(250);
  const said = await page.locator("#map-said").textContent();
  const [shown, of] = said.match(/[\d,]+/g).map((n) => Number(n.replaceAll(",", "")));
  assert.ok(shown > 0 && shown <= of, said);
  const groups = await page.locator("#map-group option").count();
  if (groups > 2) assert.ok((await colored(page)) < all, `${name}: fewer dots of one group`);
  await page.selectOption("#map-group", "");
  await page.fill("#map-find", "2");
  // A customer may be called so, too.
  if (groups > 2 && !withCustomers) assert.equal(await page.inputValue("#map-group"), "1", "number 2 is found");
  await page.fill("#map-find", "");

  // Everything is in reach of the Tab key, in order.
  await page.locator("#map-group").focus();
  const reached = [];
  for (let i = 0; i < 8; i++) {
    reached.push(await page.evaluate(() => document.activeElement.id));
    await page.keyboard.press("Tab");
  }
  for (const id of ["map-group", "map-bridges", "map-ties", "map-find", "map-in", "map-out", "map-whole", "map"]) {
    assert.ok(reached.includes(id), `${id} in ${reached}`);
  }
  await canvas.focus();
  const drawn = () => page.evaluate(() => Number(document.getElementById("map").dataset.drawn));
  for (const key of ["+", "ArrowLeft", "ArrowDown", "-", "n", "Escape", "0"]) {
    const before = await drawn();
    await page.keyboard.press(key);
    await page.waitForTimeout(300);
    if (key !== "n") assert.ok((await drawn()) > before, `${name}: ${key} moves the map`);
  }
  // The reading of pixels is ours, and Chromium remarks on it.
  assert.deepEqual(heard.filter((h) => !h.includes("willReadFrequently")), [], name);
  await close();
}

// Frames while the map is dragged: shown, not judged, for it is the machine's speed.
async function frames(file) {
  const { page, close } = await opened(file, { viewport: { width: 1280, height: 900 } });
  const canvas = page.locator("#map");
  if ((await canvas.count()) === 0) { await close(); return 0; }
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 300, box.y + 300);
  await page.mouse.down();
  const before = await page.evaluate(() => [Number(document.getElementById("map").dataset.drawn), performance.now()]);
  for (let i = 0; i < 60; i++) await page.mouse.move(box.x + 300 + 2 * i, box.y + 300 + i);
  const after = await page.evaluate(() => [Number(document.getElementById("map").dataset.drawn), performance.now()]);
  await page.mouse.up();
  await close();
  return (1000 * (after[0] - before[0])) / (after[1] - before[1]);
}

// In German, decimals have commas, and names stay as they are.
async function german(file, name) {
  const { page, close } = await opened(file, { locale: "de-DE", viewport: { width: 1280, height: 900 } });
  const share = await page.evaluate(() => [...document.querySelectorAll("[data-n]")].map((e) => e.textContent).join(" "));
  assert.match(share, /\d,\d/, name);
  const changed = await page.evaluate(() => [...document.querySelectorAll("[data-n]")].some((e) =>
    [...e.childNodes].some((c) => c.nodeType === 3 && /(^|\s)\d+\.\d{2}(\s|$)/.test(c.data))));
  assert.ok(!changed, `${name}: English decimals are left`);
  await close();
}

for (const file of process.argv.slice(2)) {
  const name = file.split("/").slice(-3).filter((part) => part !== "report.html").join("-");
  await valid(file, name);
  await everyScreen(file, name);
  const pages = await printed(file, name);
  await themap(file, name);
  await german(file, name);
  console.log(`${name}: ${pages} pages, ${(await frames(file)).toFixed(0)} frames a second`);
}
await browser.close();
