import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open, rendered } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("the language is switched for panel, map and address", async () => {
  const { page, context, complaints } = await open(browser, url);
  expect(await page.locator("[data-layer=enterprise] .name").textContent()).toContain("工业企业");
  await page.locator(".rail .lang").click();
  await drawn(page);
  expect(await page.locator("[data-layer=enterprise] .name").textContent()).toContain(
    "Industrial enterprises",
  );
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(page.url()).toContain("lang=en");
  expect(await page.title()).toContain("One Map");
  const text = await page.evaluate(() =>
    JSON.stringify(window.onemap.map?.getLayoutProperty("enterprise/ring", "text-field")),
  );
  expect(text).toContain('"k"');
  expect((await rendered(page, "enterprise")).things).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("on a phone one sheet has three heights and takes a record, search first, tools behind one button", async () => {
  const { page, context, complaints } = await open(browser, url, {
    width: 390,
    height: 844,
    touch: true,
  });
  const sheet = page.locator(".sheet");
  expect(await sheet.getAttribute("data-height")).toBe("low");
  expect(await page.locator("om-search input").isVisible()).toBe(true);
  const grip = page.locator(".grip");
  await grip.press("ArrowUp");
  expect(await sheet.getAttribute("data-height")).toBe("half");
  await grip.press("ArrowUp");
  expect(await sheet.getAttribute("data-height")).toBe("full");
  await grip.press("ArrowDown");
  await grip.press("ArrowDown");
  expect(await sheet.getAttribute("data-height")).toBe("low");
  expect(await page.locator("[data-tool=ruler]").count()).toBe(0);
  await page.locator("[data-tool=more]").click();
  await page.locator("[data-tool=ruler]").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  expect((await rendered(page, "enterprise")).things).toBeGreaterThan(0);
  await page.evaluate(() => window.onemap.app.select({ layer: "shelter", id: 1 }));
  await page.locator(".sheet .side h2").waitFor();
  expect(await sheet.getAttribute("data-height")).toBe("half");
  expect(complaints).toEqual([]);
  await context.close();
});

test("the wall has no panels, but figures and a clock", async () => {
  const { page, context, complaints } = await open(browser, url, {
    width: 1920,
    height: 1080,
    search: "?wall=1",
  });
  expect(await page.locator(".panel").count()).toBe(0);
  expect(await page.locator(".tools").count()).toBe(0);
  expect(await page.locator(".clock b").textContent()).toMatch(/^\d\d:\d\d:\d\d$/);
  await page.locator(".wall-figures article").first().waitFor();
  await page.locator(".wall-events li").first().waitFor();
  expect((await rendered(page, "enterprise")).things).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("positions are written in the chosen system, distance is measured along the ellipsoid", async () => {
  const { page, context } = await open(browser, url, { hash: "map=10/32.1/121.0" });
  await page.locator(".system select").selectOption("gk120");
  expect(await page.locator(".bottom .position").textContent()).toMatch(
    /^X 3\d{6}\.\d Y [56]\d{5}\.\d$/,
  );
  await page.locator(".system select").selectOption("dms");
  expect(await page.locator(".bottom .position").textContent()).toMatch(/°\d\d′\d\d\.\d\d″E/);
  await page.locator("[data-tool=ruler]").click();
  await page.mouse.click(600, 300);
  await page.mouse.click(800, 300);
  expect(await page.locator(".measure output").textContent()).toMatch(/^\d+\.\d+ 千米$/);
  await page.keyboard.press("Escape");
  await page.locator(".measure").waitFor({ state: "detached" });
  await context.close();
});

test("everything can be reached and worked by keyboard", async () => {
  const { page, context } = await open(browser, url);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.className)).toContain("skip");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("CANVAS");
  const before = await page.evaluate(() => window.onemap.map?.getCenter().lng);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((lng) => window.onemap.map?.getCenter().lng !== lng, before);
  await context.close();
});
