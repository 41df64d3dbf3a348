import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open } from "./browser.ts";
import { folder, type Running, run, start } from "./server.ts";

// A city of its own is baked; the browser sees the archive with no database behind it.
const home = folder();
const file = join(home, "city.pmtiles");
let browser: Browser;
let running: Running;

beforeAll(async () => {
  const base = join(home, "base");
  mkdirSync(base);
  run(["sample", "--small", "--home", base]);
  run(["bake", file, "admin_unit", "enterprise", "shelter", "--zoom", "0-11", "--home", base]);
  rmSync(base, { recursive: true });
  running = await start(home, ["--archive", file]);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await running.stop();
});

/** The file as the pmtiles library reads any, by ranges. */
class Bytes implements Source {
  private readonly bytes = readFileSync(file);
  getKey(): string {
    return file;
  }
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: new Uint8Array(this.bytes.subarray(offset, offset + length)).buffer };
  }
}

test("the pmtiles library reads header, metadata and tiles", async () => {
  const archive = new PMTiles(new Bytes());
  const header = await archive.getHeader();
  expect(header).toMatchObject({ specVersion: 3, minZoom: 0, maxZoom: 11, tileType: 1 });
  expect(header.clustered).toBe(true);
  expect(header.numAddressedTiles).toBeGreaterThan(20);
  expect(header.minLon).toBeGreaterThan(119);
  expect(header.maxLat).toBeLessThan(34);
  const metadata = (await archive.getMetadata()) as {
    vector_layers: { id: string }[];
    onemap: { role: string; datum: string; synthetic: boolean };
  };
  expect(metadata.vector_layers.map((l) => l.id)).toContain("enterprise");
  expect(metadata.onemap).toMatchObject({ role: "public", datum: "CGCS2000", synthetic: true });
  // The tiles of the city's middle are those that the server gives, down to the last zoom.
  for (const [z, x, y] of [
    [0, 0, 0],
    [8, 213, 103],
    [11, 1711, 831],
  ] as const) {
    const tile = await archive.getZxy(z, x, y);
    const path = `/tiles/admin_unit,enterprise,shelter/${z}/${x}/${y}.mvt`;
    const served = await (await fetch(running.url + path)).arrayBuffer();
    const kept = Buffer.from(tile?.data ?? new ArrayBuffer(0));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.equals(Buffer.from(served))).toBe(true);
  }
  expect(await archive.getZxy(11, 0, 0)).toBeUndefined();
  expect(statSync(file).size).toBeGreaterThan(16384);
});

test("the page runs from the archive, and says so", async () => {
  const { page, context, complaints } = await open(browser, running.url);
  const note = page.locator(".banner.archive");
  await note.waitFor();
  expect(await note.textContent()).toMatch(/离线切片包，\d{4}-\d\d-\d\d 制作.*合成样例/);
  expect(await page.locator(".layer").count()).toBe(3);
  expect(await page.locator(".filters").count()).toBe(0);
  const drawn = await page.evaluate(
    () =>
      window.onemap.map?.queryRenderedFeatures().filter((f) => f.source === "enterprise").length,
  );
  expect(drawn).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  // What takes a database is answered with the notice, not with a broken page.
  await page.locator("om-search input").fill("化工");
  await page.locator(".hits .bad").waitFor();
  expect(await page.locator(".hits .bad").textContent()).toContain("无数据库");
  await context.close();
});
