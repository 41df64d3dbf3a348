import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";
import { bring, check, marks, surveyOf } from "./survey.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

// A software renderer draws when it gets to it.
const PATIENT = { timeout: 20_000 };

const mark = String(Date.now() % 1_000_000);

test("a survey goes from a faulty file to an edition and is taken back", {
  timeout: 180_000,
}, async () => {
  const { page, context, complaints } = await open(browser, url, { width: 1100, height: 640 });
  const survey = await surveyOf(page, mark);
  await page.locator("[data-tool=bring]").click();
  await page.locator(".drop").waitFor();
  expect(page.url()).toContain("#import");

  // Faults are listed, and marked on the map.
  await bring(page, `避难场所${mark}.geojson`, survey.faulty, { area: survey.area });
  await check(page);
  const list = page.locator(".finding");
  await list.first().waitFor();
  await page.locator(".chip[data-severity=error]").click();
  await page.waitForFunction(() => document.querySelectorAll(".finding").length > 1);
  expect(await list.allTextContents()).toEqual(
    expect.arrayContaining(survey.faults.map((key) => expect.stringContaining(key))),
  );
  await drawn(page);
  await expect
    .poll(async () => (await marks(page))["survey-error"] ?? 0, PATIENT)
    .toBeGreaterThan(0);
  await list.first().click();
  expect(await page.locator(".detail").textContent()).toContain("不存在的代码");
  expect(await page.locator("[data-act=self_checked]").isDisabled()).toBe(true);

  // A reload shows the same survey.
  const address = /import=\d+/.exec(page.url())?.[0];
  await page.reload();
  await drawn(page);
  await page.locator(".tally").waitFor();
  expect(page.url()).toContain(String(address));

  // The mended file takes the way of the first.
  await page.locator("[data-act=mended]").click();
  await page.locator(".drop").waitFor();
  await bring(page, `避难场所${mark}.geojson`, survey.mended, { area: survey.area });
  await check(page);
  expect(await page.locator(".since").textContent()).toMatch(/已改 2/);
  for (const to of ["self_checked", "city_checked", "accepted"]) {
    await page.locator(`[data-act=${to}]`).click();
    await page.locator(`[data-act=${to}]`).waitFor({ state: "detached" });
  }

  // What it will change is on the map, in forms of their own.
  await page.locator("#tab-diff").click();
  await page.locator(`.differences [data-key="${survey.added.key}"]`).waitFor();
  await expect
    .poll(() => marks(page), PATIENT)
    .toMatchObject({ "survey-new": 1, "survey-gone": 1, "survey-arrow": 1 });
  expect(await page.locator(`.differences [data-key="${survey.moved}"]`).textContent()).toContain(
    "移动",
  );

  // Published after the numbers were read, seen on the map, taken back.
  await page.locator("[data-act=published]").click();
  expect(await page.locator(".question-of").textContent()).toMatch(
    /新增 1 条、修改 \d+ 条（其中移动 1 条）、移除 1 条/,
  );
  await page.locator("[data-act=yes]").click();
  await page.locator("[data-act=see]").waitFor();
  const seen = () =>
    page.evaluate(async (key) => {
      const answer = await fetch(`/api/collections/shelter/items?shelter_code=${key}`);
      return ((await answer.json()) as { features: unknown[] }).features.length;
    }, survey.added.key);
  expect(await seen()).toBe(1);
  await page.evaluate((at) => window.onemap.map?.jumpTo({ center: at, zoom: 17 }), survey.added.at);
  await expect
    .poll(
      () =>
        page.evaluate(
          (name) =>
            window.onemap.map
              ?.queryRenderedFeatures({ layers: ["shelter/symbol"] })
              .some((f) => f.properties.name === name),
          survey.added.name,
        ),
      PATIENT,
    )
    .toBe(true);
  await page.locator("[data-act=withdraw]").click();
  await page.locator("[data-act=yes]").click();
  await page.locator(".steps .off").waitFor();
  expect(await seen()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("what cannot be brought is refused, what is sent back needs a reason, who may not import is told so", async () => {
  const { page, context } = await open(browser, url, {
    hash: "import&lang=en",
    width: 1100,
    height: 640,
  });
  const input = page.locator(".bring input[type=file]");
  const part = (name: string) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from("x"),
  });
  await input.setInputFiles([part("a.shp"), part("a.dbf")]);
  expect(await page.locator(".refused-file").textContent()).toContain("zip");
  await input.setInputFiles(part("a.dbf"));
  expect(await page.locator(".refused-file").textContent()).toContain(".dbf");

  const survey = await surveyOf(page, `${mark}b`);
  await bring(page, "back.geojson", survey.mended, { area: survey.area });
  await page.locator("[data-act=rejected]").click();
  expect(await page.locator("[data-act=yes]").isDisabled()).toBe(true);
  await page.locator(".question-of textarea").fill("wrong year");
  await page.locator("[data-act=yes]").click();
  await page.locator(".steps .off").waitFor();
  await page.locator(".history summary").click();
  expect(await page.locator(".history").textContent()).toContain("wrong year");

  await page.locator("[data-act=close]").click();
  await page.locator(".panel").waitFor();
  expect(page.url()).not.toContain("import");
  await page.route("**/batches*", (route) =>
    route.fulfill({
      status: 403,
      json: { title: "Forbidden", status: 403, detail: "Nobody may import here." },
    }),
  );
  await page.locator("[data-tool=bring]").click();
  expect(await page.locator(".refused").textContent()).toContain("not allowed");
  await context.close();
});
