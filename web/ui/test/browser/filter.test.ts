import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open, rendered } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const total = (page: Page) =>
  page.evaluate(() => window.onemap.app.store.now.counts.enterprise?.total ?? 0);

/** Waits for a count other than the one before, and for the map that goes with it. */
async function changed(page: Page, before: number): Promise<number> {
  await page.waitForFunction(
    (b) => (window.onemap.app.store.now.counts.enterprise?.total ?? b) !== b,
    before,
  );
  await drawn(page);
  return total(page);
}

test("a code of the legend filters the map, the counts and the address; Back undoes it", async () => {
  const { page, context, complaints } = await open(browser, url, { width: 1440, height: 900 });
  await page.locator("[data-layer=enterprise] .name").click();
  await page.locator("[data-layer=enterprise] .legend .count").first().waitFor();
  const all = await total(page);
  const drawnBefore = (await rendered(page, "enterprise")).records;

  await page.locator("[data-layer=enterprise] [data-code=major] .code").click();
  const major = await changed(page, all);
  expect(major).toBeLessThan(all);
  expect(major).toBeGreaterThan(0);
  const few = (await rendered(page, "enterprise")).records;
  expect(few).toBeLessThan(drawnBefore);
  expect(few).toBeLessThanOrEqual(major);
  expect(page.url()).toContain("f.enterprise.risk_grade=major");

  await page.locator("[data-layer=enterprise] [data-code=considerable] .code").click();
  const both = await changed(page, major);
  expect(both).toBeGreaterThan(major);

  await page.goBack();
  expect(await changed(page, both)).toBe(major);
  await page.reload();
  await drawn(page);
  expect(await changed(page, 0)).toBe(major);
  expect(complaints).toEqual([]);
  await context.close();
});

test("numbers filter from and to, and the filters can be cleared", async () => {
  const { page, context } = await open(browser, url);
  await page.locator("[data-layer=enterprise] .name").click();
  await page.locator("[data-layer=enterprise] .legend .count").first().waitFor();
  const all = await total(page);
  const inputs = page.locator("[data-layer=enterprise] [data-field=employees] input");
  await inputs.first().fill("100");
  await inputs.first().press("Enter");
  const large = await changed(page, all);
  expect(large).toBeLessThan(all);
  expect(page.url()).toContain("f.enterprise.employees=100/..");
  await page.locator("[data-layer=enterprise] .filters > .text").click();
  expect(await changed(page, large)).toBe(all);
  await context.close();
});

test("a count opens the list of its members, and a row its record", async () => {
  const { page, context, complaints } = await open(browser, url);
  await page.locator("[data-layer=enterprise] .name").click();
  await page.locator("[data-layer=enterprise] [data-code=major] .count").click();
  await page.locator(".table tbody tr").first().waitFor();
  const expected = await page.evaluate(
    () => window.onemap.app.store.now.counts.enterprise?.inViewBy?.major,
  );
  expect(await page.locator(".table [role=status]").textContent()).toContain(`/ ${expected}`);
  const first = page.locator(".table tbody tr").first();
  const name = (await first.locator("td").first().textContent())?.trim();
  await first.focus();
  await page.keyboard.press("Enter");
  await page.locator(".side h2").waitFor();
  expect((await page.locator(".side h2").textContent())?.trim()).toBe(name);
  await page.keyboard.press("Escape");
  expect(await page.locator(".table").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});
