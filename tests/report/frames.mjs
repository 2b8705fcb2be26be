// How many times a second a report's map is drawn while it is dragged and zoomed: check.sh --frames REPORT.html...
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
for (const file of process.argv.slice(2)) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.locator("#map").scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  const found = await page.evaluate(async () => {
    const canvas = document.getElementById("map");
    const box = canvas.getBoundingClientRect();
    const at = (turn) => ({
      pointerId: 1, bubbles: true, buttons: 1, button: 0, isPrimary: true,
      clientX: box.left + box.width * (0.5 + 0.2 * Math.cos(turn)), clientY: box.top + box.height * (0.5 + 0.2 * Math.sin(turn)),
    });
    // A pointer that no hand moves cannot be captured.
    canvas.setPointerCapture = () => {};
    canvas.focus({ preventScroll: true });
    const drawn = () => Number(canvas.dataset.drawn);
    const frame = () => new Promise(requestAnimationFrame);
    const during = async (step) => {
      const [begin, before] = [performance.now(), drawn()];
      const lengths = [];
      for (let i = 0, last = begin; performance.now() - begin < 3000; i++) {
        step(i);
        const now = await frame();
        if (i > 0) lengths.push(now - last);
        last = now;
      }
      lengths.sort((a, b) => a - b);
      return { perSecond: (drawn() - before) / ((performance.now() - begin) / 1000), slow: lengths[Math.floor(0.95 * lengths.length)] };
    };
    canvas.dispatchEvent(new PointerEvent("pointerdown", at(0)));
    const dragged = await during((i) => canvas.dispatchEvent(new PointerEvent("pointermove", at(i / 10))));
    canvas.dispatchEvent(new PointerEvent("pointerup", at(0)));
    const zoomed = await during((i) => canvas.dispatchEvent(new WheelEvent("wheel", { ...at(0), deltaY: i % 60 < 30 ? -20 : 20, cancelable: true })));
    return { dragged, zoomed };
  });
  const told = ({ perSecond, slow }) => `${perSecond.toFixed(1)} drawings a second, 95 % of frames within ${slow.toFixed(0)} ms`;
  console.log(`${basename(file)}: dragged ${told(found.dragged)}; zoomed ${told(found.zoomed)}`);
  await page.close();
}
await browser.close();
