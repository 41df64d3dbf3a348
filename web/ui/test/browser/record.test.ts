import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { alone, drawn, go, launch, open, placed, rendered } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a click on the map opens the record with its codes spelled out", async () => {
  const { page, context, complaints } = await open(browser, url);
  const at = await alone(page, "enterprise");
  await page.mouse.click(at.x, at.y);
  await page.locator(".side [data-field=risk_grade]").waitFor();
  expect(await page.locator(".side h2").textContent()).toBe(at.name);
  const grade = await page.locator(".side [data-field=risk_grade] dd").textContent();
  expect(["重大风险", "较大风险", "一般风险", "低风险", "未评级"]).toContain(grade?.trim());
  expect(await page.locator(".side .tag.synthetic").textContent()).toBe("合成样例");
  for (const fact of ["position", "quality", "datum", "source", "recorded", "edition"]) {
    expect(
      (await page.locator(`.side [data-fact=${fact}] dd`).textContent())?.trim(),
      fact,
    ).not.toBe("");
  }
  // The map did not move, and the place is marked and not covered.
  expect(page.url()).toContain(`sel=enterprise/${at.id}`);
  const marked = await page.evaluate(
    () => window.onemap.map?.queryRenderedFeatures({ layers: ["mark/ring"] }).length,
  );
  expect(marked).toBeGreaterThan(0);
  await page.goBack();
  await page.locator(".side").waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await context.close();
});

test("a record near the edge comes out from under the panel that tells of it", async () => {
  const { page, context } = await open(browser, url);
  const { at } = await placed(page, "enterprise");
  const { x, y } = await go(page, at, 16.5, [500, 60]);
  expect(x).toBeGreaterThan(1_120);
  await page.mouse.click(x, y);
  await page.locator(".side").waitFor();
  await drawn(page);
  await page.waitForFunction((p) => {
    const point = window.onemap.map?.project(p);
    const side = document.querySelector(".side")?.getBoundingClientRect().left ?? 0;
    return point !== undefined && point.x < side;
  }, at);
  await context.close();
});

test("a click on a ring zooms to where it parts", async () => {
  const { page, context, complaints } = await open(browser, url, { width: 1440, height: 900 });
  const ring = await page.evaluate(() => {
    const map = window.onemap.map;
    for (const f of map?.queryRenderedFeatures({ layers: ["enterprise/ring"] }) ?? []) {
      if (f.geometry.type !== "Point" || !map) continue;
      const { x, y } = map.project(f.geometry.coordinates as [number, number]);
      if (x > 420 && x < 1_300 && y > 60 && y < 780 && f.properties.point_count > 5) {
        return { x, y, zoom: map.getZoom() };
      }
    }
    return null;
  });
  expect(ring).not.toBeNull();
  if (!ring) return;
  await page.mouse.click(ring.x, ring.y);
  await page.waitForFunction((z) => (window.onemap.map?.getZoom() ?? 0) >= z + 0.99, ring.zoom);
  await drawn(page);
  expect((await rendered(page, "enterprise")).things).toBeGreaterThan(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test("what the pointer is on is named", async () => {
  const { page, context } = await open(browser, url);
  const at = await alone(page, "enterprise");
  await page.mouse.move(at.x, at.y);
  await page.locator(".tooltip").waitFor();
  expect(await page.locator(".tooltip b").first().textContent()).toBe(at.name);
  await context.close();
});

test("a link to a record opens it, and says so when it is gone", async () => {
  const { page, context } = await open(browser, url, { hash: "sel=enterprise/999999999" });
  await page.locator(".side .failed").waitFor();
  expect(await page.locator(".side .failed").textContent()).toContain("不存在");
  await context.close();
});
