import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, go, launch, open, placed, rendered } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("the first view draws the city's layers, without a complaint", async () => {
  const { page, context, complaints } = await open(browser, url, { all: true });
  for (const layer of ["admin_unit", "enterprise", "building", "shelter", "rescue_team"]) {
    expect((await rendered(page, layer)).things, layer).toBeGreaterThan(0);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test("what rings and points stand for adds up to the count, as the map comes nearer", async () => {
  const { page, context } = await open(browser, url, { width: 1440, height: 900 });
  const all = await page.evaluate(async () => {
    const answer = await fetch("/layers/enterprise/counts?bbox=110,25,130,40");
    return ((await answer.json()) as { placed: number }).placed;
  });
  expect(all).toBeGreaterThan(100);
  for (const zoom of [8, 8.4]) {
    await page.evaluate((z) => window.onemap.map?.jumpTo({ center: [121.1, 32.2], zoom: z }), zoom);
    await drawn(page);
    expect((await rendered(page, "enterprise")).records, `zoom ${zoom}`).toBe(all);
  }
  await context.close();
});

test("near the ground single records of every kind are drawn for themselves", async () => {
  const { page, context, complaints } = await open(browser, url, { all: true });
  for (const layer of ["building", "road", "enterprise", "shelter"]) {
    const { id, at } = await placed(page, layer);
    await go(page, at, 16.5, [150, 0]);
    const ids = await page.evaluate((l) => {
      const { map } = window.onemap;
      const layers = [`${l}/fill`, `${l}/line`, `${l}/symbol`].filter((s) => map?.getLayer(s));
      return map?.queryRenderedFeatures({ layers }).map((f) => f.id);
    }, layer);
    expect(ids, layer).toContain(id);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test("the panel tells how many are in view and in all, and the grades add up", async () => {
  const { page, context } = await open(browser, url);
  const row = page.locator("[data-layer=enterprise]");
  await row.locator(".row .count b").waitFor();
  await row.locator(".name").click();
  const figures = await page.evaluate(() => window.onemap.app.store.now.counts.enterprise);
  const by = Object.values(figures?.by ?? {}).reduce((a, b) => a + b, 0);
  expect(by).toBe(figures?.total);
  expect((figures?.placed ?? 0) + (figures?.unplaced ?? 0)).toBe(figures?.total);
  expect(await row.locator(".legend li").count()).toBe(5);
  expect(await row.locator("[data-fact=unplaced] dd").textContent()).toBe(
    figures?.unplaced.toLocaleString("en-US"),
  );
  expect(await row.locator("[data-fact=ungraded] dd").textContent()).toBe(
    figures?.by?.ungraded?.toLocaleString("en-US"),
  );
  await context.close();
});

test("a layer can be switched off and on, and the address says so", async () => {
  const { page, context } = await open(browser, url, { all: true });
  const toggle = page.locator("[data-layer=enterprise] [role=switch]");
  await toggle.click();
  await drawn(page);
  expect((await rendered(page, "enterprise")).things).toBe(0);
  await page.waitForFunction(() => /on=(?!.*enterprise)/.test(window.location.hash));
  await page.reload();
  await drawn(page);
  expect(await toggle.getAttribute("aria-checked")).toBe("false");
  await toggle.click();
  await drawn(page);
  expect((await rendered(page, "enterprise")).things).toBeGreaterThan(0);
  await context.close();
});
