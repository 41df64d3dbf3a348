import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, rendered } from "./browser.ts";
import { folder, type Running, run, start } from "./server.ts";

// A layer that the program has never heard of, declared in one file.
const DECLARATION = `
id: intake
title: {zh: 取水口, en: Water intakes}
description: {zh: 测试用图层。, en: A layer of a test.}
group: safety
order: 1
geometry: Point
key: [code]
label: name
zoom: {min: 0, max: 16}
visible: true
margin: 150000
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public}
  - {name: name, title: {zh: 名称, en: Name}, type: text, required: true, sensitivity: public, tile: 0, search: substring}
  - {name: state, title: {zh: 状况, en: State}, type: code, codes: intake_state, required: true, default: open, sensitivity: public, tile: 0, filter: true}
  - {name: depth, title: {zh: 水深, en: Depth}, type: number, unit: m, range: {min: 0, max: 50}, sensitivity: public, filter: true}
codelists:
  - id: intake_state
    title: {zh: 状况, en: State}
    source: a test
    status: provisional
    ordered: false
    items:
      - {code: open, title: {zh: 取水中, en: Open}, colour: "#0b6e99", symbol: drop}
      - {code: shut, title: {zh: 已关闭, en: Shut}, colour: "#8a4b08", symbol: square}
style: {by: state, colour: "#0b6e99", symbol: circle, size: 14, labels: 10}
thin: {until: 6, cells: 8}
source:
  name: {zh: 测试, en: Test}
  status: provisional
  fresh: P1Y
access:
  read: [public, viewer, duty, planner, census, reviewer, editor, admin]
  edit: [editor, admin]
  import: [census, reviewer, admin]
  publish: [reviewer, admin]
`;

const intake = (code: string, name: string, state: string, at: [number, number]) => ({
  type: "Feature",
  properties: { code, name, state, depth: 7.5 },
  geometry: { type: "Point", coordinates: at },
});

let browser: Browser;
let running: Running;

beforeAll(async () => {
  const home = folder();
  const layers = join(home, "layers");
  mkdirSync(layers);
  writeFileSync(join(layers, "intake.yaml"), DECLARATION);
  const file = join(home, "intakes.geojson");
  const features = [
    intake("1", "狼山取水口", "open", [120.88, 31.97]),
    intake("2", "洪港取水口", "open", [120.97, 31.86]),
    intake("3", "长青沙取水口", "shut", [120.62, 32.05]),
  ];
  writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
  run(["import", "intake", file, "--home", home, "--layers", layers, "--crs", "EPSG:4490"]);
  [browser, running] = await Promise.all([launch(), start(home, ["--layers", layers])]);
});

afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

test("a layer added by one file has its row, legend, filters, symbols and records", async () => {
  const { page, context, complaints } = await open(browser, running.url, {
    all: true,
    hash: "map=10/31.95/120.8",
  });
  const row = page.locator("[data-layer=intake]");
  await row.locator(".count b").first().waitFor();
  expect(await row.locator(".row .count").textContent()).toMatch(/3\s*\/ 3/);
  await row.locator(".name").click();
  expect(await row.locator(".legend .code").allTextContents()).toEqual([
    expect.stringContaining("取水中"),
    expect.stringContaining("已关闭"),
  ]);
  expect(await row.locator("[data-field=depth] input").count()).toBe(2);
  expect((await rendered(page, "intake")).things).toBe(3);

  await page.locator("om-search input").fill("洪港");
  await page.locator("#hit-0").click();
  await page.locator(".side [data-field=state]").waitFor();
  expect(await page.locator(".side h2").textContent()).toBe("洪港取水口");
  expect(await page.locator(".side [data-field=depth] dd").textContent()).toContain("7.5 米");
  expect(complaints).toEqual([]);
  await context.close();
});
