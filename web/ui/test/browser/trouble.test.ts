import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Lets the page's settings name base maps, as a configuration would. */
async function withBasemaps(page: Page): Promise<void> {
  await page.route("**/page.json", async (route) => {
    const answer = await route.fetch();
    const settings = (await answer.json()) as Record<string, unknown>;
    settings.basemaps = [
      {
        id: "good",
        title: { zh: "影像", en: "Imagery" },
        kind: "xyz",
        url: "/base/{z}/{x}/{y}.png",
        datum: "CGCS2000",
      },
      {
        id: "shifted",
        title: { zh: "偏移底图", en: "Shifted" },
        kind: "xyz",
        url: "/base/{z}/{x}/{y}.png",
        datum: "GCJ02",
      },
    ];
    await route.fulfill({ response: answer, json: settings });
  });
  const dot = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  await page.route("**/base/**", (route) => route.fulfill({ contentType: "image/png", body: dot }));
}

test("a base map in GCJ-02 is refused with the reason, one in CGCS2000 is laid under", async () => {
  const { page, context, complaints } = await open(browser, url, { before: withBasemaps });
  expect(await page.evaluate(() => window.onemap.map?.getLayer("basemap"))).toBeFalsy();
  await page.locator("[data-tool=base]").click();
  const shifted = page.locator(".bases li", { hasText: "偏移底图" });
  expect(await shifted.locator("input").isDisabled()).toBe(true);
  expect(await shifted.textContent()).toContain("GCJ02");
  expect(await shifted.textContent()).toContain("470");
  await page.locator(".bases li", { hasText: "影像" }).locator("input").check();
  await page.waitForFunction(() => window.onemap.map?.getLayer("basemap"));
  await drawn(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test("not even a link brings a GCJ-02 base map onto the map", async () => {
  const { page, context } = await open(browser, url, {
    before: withBasemaps,
    hash: "base=shifted",
  });
  expect(await page.evaluate(() => window.onemap.map?.getLayer("basemap"))).toBeFalsy();
  await context.close();
});

test("a server that cannot answer is said so, and another try goes on", async () => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  let down = true;
  await page.route("**/layers", (route) =>
    down ? route.fulfill({ status: 503, json: { title: "away", status: 503 } }) : route.continue(),
  );
  await page.goto(url);
  await page.locator(".banner[role=alert]").waitFor();
  down = false;
  await page.locator(".banner button").click();
  await drawn(page);
  expect(await page.locator(".layer").count()).toBeGreaterThan(5);
  await context.close();
});

test("without a network the page says so and goes on when it is back", async () => {
  const { page, context } = await open(browser, url);
  await page.locator(".layer .count b").first().waitFor();
  await context.setOffline(true);
  await page.locator(".banner", { hasText: "网络已断开" }).waitFor();
  await context.setOffline(false);
  await page.locator(".banner").waitFor({ state: "detached" });
  await context.close();
});

test("a failed count offers to try again", async () => {
  const { page, context } = await open(browser, url);
  await page.locator(".layer .count b").first().waitFor();
  await page.route("**/counts?*", (route) =>
    route.fulfill({ status: 500, json: { title: "broken" } }),
  );
  await page.evaluate(() => window.onemap.map?.panBy([200, 0], { duration: 0 }));
  await page.locator(".banner button").waitFor();
  await page.unroute("**/counts?*");
  await page.locator(".banner button").click();
  await page.locator(".banner").waitFor({ state: "detached" });
  await context.close();
});
