import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("part of a name, by keyboard: found, flown to, opened", async () => {
  const { page, context, complaints } = await open(browser, url);
  const name = await page.evaluate(async () => {
    const answer = await fetch("/api/collections/enterprise/items?limit=50");
    const { features } = (await answer.json()) as {
      features: { geometry: unknown; properties: { name: string } }[];
    };
    return features.find((f) => f.geometry)?.properties.name ?? "";
  });
  const part = name.slice(1, 7);
  await page.locator("om-search input").fill(part);
  await page.locator("#hit-0").waitFor();
  expect(await page.locator("#hits").textContent()).toContain(part);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await page.locator("#hit-0").getAttribute("aria-selected")).toBe("true");
  const label = await page.locator("#hit-0 b").textContent();
  await page.keyboard.press("Enter");
  await page.locator(".side h2").waitFor();
  expect(await page.locator(".side h2").textContent()).toBe(label);
  await drawn(page);
  const free = await page.evaluate(() => {
    const { map, app } = window.onemap;
    const { record } = app.store.now;
    if (!map || record?.is !== "here" || record.value.geometry?.type !== "Point") return null;
    const { x, y } = map.project(record.value.geometry.coordinates as [number, number]);
    return {
      zoom: map.getZoom(),
      covered: document.elementFromPoint(x, y)?.closest(".card") !== null,
    };
  });
  expect(free?.zoom).toBeGreaterThan(11);
  expect(free?.covered).toBe(false);
  expect(complaints).toEqual([]);
  await context.close();
});

test("an input method's half-made syllables are not asked for", async () => {
  const { page, context } = await open(browser, url);
  const asked: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/api/search")) asked.push(r.url());
  });
  const input = page.locator("om-search input");
  await input.focus();
  await input.evaluate((element: HTMLInputElement) => {
    element.dispatchEvent(new CompositionEvent("compositionstart"));
    element.value = "hua g";
    element.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
  });
  await page.waitForTimeout(400);
  expect(asked).toEqual([]);
  await input.evaluate((element: HTMLInputElement) => {
    element.value = "化工";
    element.dispatchEvent(new CompositionEvent("compositionend", { data: "化工" }));
  });
  await page.waitForRequest((r) => r.url().includes(encodeURIComponent("化工")));
  await context.close();
});

test("what is not there is said so, and Escape clears", async () => {
  const { page, context } = await open(browser, url);
  await page.locator("om-search input").fill("龘龘龘龘");
  await page.locator(".hits p", { hasText: "没有找到" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".hits").waitFor({ state: "detached" });
  expect(await page.locator("om-search input").inputValue()).toBe("");
  await context.close();
});

test("typed coordinates are gone to, in either order", async () => {
  const { page, context } = await open(browser, url);
  await page.locator("om-search input").fill("32.31, 121.18");
  await page.locator("#hit-goto").waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => (window.onemap.map?.getZoom() ?? 0) >= 14);
  await context.close();
});
