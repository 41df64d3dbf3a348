import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, go, launch, type Open, open } from "./browser.ts";

type Place = [lng: number, lat: number];
type Shelter = { id: number; at: Place };

/** The deepest zoom of the tiles that the server names, and how far one looks beyond its edge. */
const NAMED = 14;
const BUFFER = 1 / 64;

const url = inject("url");
let browser: Browser;
let one: Open;
let two: Open;

beforeAll(async () => {
  browser = await launch();
  const options = { all: true, hash: "on=shelter" };
  [one, two] = await Promise.all([open(browser, url, options), open(browser, url, options)]);
});
afterAll(() => browser.close());

test("what one page moves moves on another, which loads the tiles of its place and nothing else", async () => {
  const { id, at } = await shelter(one.page);
  const to: Place = [at[0] + 0.003, at[1]];
  await Promise.all([go(one.page, at, NAMED), go(two.page, at, NAMED)]);
  await seen(two.page, id, at);
  const asked = listen(two.page);
  expect(await move(one.page, id, to)).toBe(200);
  const took = await seen(two.page, id, to);
  console.log(`an edit is on another page after ${took.toFixed(0)} ms`);
  await seen(one.page, id, to);
  await drawn(two.page);
  expect(asked.tiles.length).toBeGreaterThan(0);
  expect(asked.tiles.filter((tile) => !concerns(tile, at) && !concerns(tile, to))).toEqual([]);
  expect(asked.documents).toEqual([]);

  // Deeper than there are tiles, and back again.
  await go(two.page, to, 17.6);
  await seen(two.page, id, to);
  expect(await move(one.page, id, at)).toBe(200);
  await unseen(two.page, id);
  expect([...one.complaints, ...two.complaints]).toEqual([]);
});

test("a layer that is off asks for nothing, and shows what is by then when it is switched on", async () => {
  const { id, at } = await shelter(one.page);
  const to: Place = [at[0] - 0.002, at[1]];
  await Promise.all([go(one.page, at, NAMED), go(two.page, at, NAMED)]);
  await two.page.evaluate(() => window.onemap.app.switchLayer("shelter", false));
  await unseen(two.page, id);
  const asked = listen(two.page);
  expect(await move(one.page, id, to)).toBe(200);
  await seen(one.page, id, to);
  await drawn(two.page);
  expect(asked.tiles).toEqual([]);
  await two.page.evaluate(() => window.onemap.app.switchLayer("shelter", true));
  await seen(two.page, id, to);
  expect(await move(one.page, id, at)).toBe(200);
  await seen(two.page, id, at);
  expect([...one.complaints, ...two.complaints]).toEqual([]);
});

/** The shelter that is moved, as it is in the database. */
function shelter(page: Page): Promise<Shelter> {
  return page.evaluate(async () => {
    const answer = await fetch("/api/collections/shelter/items?limit=20");
    const { features } = (await answer.json()) as {
      features: { id: number; geometry: { coordinates: [number, number] } }[];
    };
    const one = features[7];
    if (!one) throw new Error("there are few shelters");
    return { id: one.id, at: one.geometry.coordinates };
  });
}

/** Moves a shelter by what its GET says; the status of the answer. */
function move(page: Page, id: number, to: Place): Promise<number> {
  return page.evaluate(
    async ([record, coordinates]) => {
      const at = `/api/collections/shelter/items/${record}`;
      const tag = (await fetch(at)).headers.get("ETag") ?? "";
      const answer = await fetch(at, {
        method: "PATCH",
        headers: { "Content-Type": "application/merge-patch+json", "If-Match": tag },
        body: JSON.stringify({ geometry: { coordinates } }),
      });
      return answer.status;
    },
    [id, to] as const,
  );
}

/** Waits until a page draws a shelter within 2 px of a place; ms. */
async function seen(page: Page, id: number, at: Place): Promise<number> {
  const from = performance.now();
  await page.waitForFunction(
    ([record, [lng, lat]]) => {
      const map = window.onemap.map;
      const near = map?.project([lng, lat]);
      return map?.queryRenderedFeatures().some((f) => {
        if (f.source !== "shelter" || f.id !== record || f.geometry.type !== "Point") return false;
        const point = map.project(f.geometry.coordinates as [number, number]);
        return near !== undefined && point.dist(near) < 2;
      });
    },
    [id, at] as const,
    { timeout: 10_000, polling: 20 },
  );
  return performance.now() - from;
}

/** Waits until a page does not draw a shelter any more. */
async function unseen(page: Page, id: number): Promise<void> {
  await page.waitForFunction(
    (record) => {
      const drawn = window.onemap.map?.queryRenderedFeatures() ?? [];
      return !drawn.some((f) => f.source === "shelter" && f.id === record);
    },
    id,
    { timeout: 10_000, polling: 20 },
  );
}

/** What a page asks for from now on: tiles, as layer/z/x/y, and documents. */
function listen(page: Page): { tiles: string[]; documents: string[] } {
  const asked = { tiles: [] as string[], documents: [] as string[] };
  page.on("request", (request) => {
    const tile = /\/tiles\/(.+)\.mvt/.exec(request.url())?.[1];
    if (tile) asked.tiles.push(tile);
    if (request.resourceType() === "document") asked.documents.push(request.url());
  });
  return asked;
}

/** Whether a tile is of shelters and above, below or the same as the named one of a place. */
function concerns(tile: string, [lng, lat]: Place): boolean {
  const [layer, ...numbers] = tile.split("/");
  const [z = 0, x = 0, y = 0] = numbers.map(Number);
  const named = 2 ** Math.min(z, NAMED);
  const within = 2 ** Math.max(z - NAMED, 0);
  const tangent = Math.tan((lat * Math.PI) / 180);
  const dx = ((lng + 180) / 360) * named - Math.floor(x / within);
  const dy = (0.5 - Math.asinh(tangent) / (2 * Math.PI)) * named - Math.floor(y / within);
  return layer === "shelter" && [dx, dy].every((d) => d >= -BUFFER && d <= 1 + BUFFER);
}
