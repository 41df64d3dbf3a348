import { describe, expect, test } from "vitest";
import type { Basemap } from "../../src/api/types.ts";
import { refusal, wmts } from "../../src/map/basemap.ts";
import { cellBox, extent } from "../../src/map/cluster.ts";
import { freeBox, nudge, offset } from "../../src/map/insets.ts";
import { metresPerPx, scaleBar } from "../../src/map/scale.ts";
import { outline, shape } from "../../src/map/symbols.ts";

describe("base maps", () => {
  const base = (datum?: string) =>
    ({ id: "b", kind: "xyz", url: "/{z}/{x}/{y}", datum }) as Basemap;
  test.each(["CGCS2000", "WGS84", "wgs 84"])("%s lies where the data lie", (datum) => {
    expect(refusal(base(datum))).toBeNull();
  });
  test.each([
    ["GCJ-02", 470],
    ["GCJ02", 470],
    ["bd09", 1_100],
  ])("%s is refused with its distance", (datum, metres) => {
    expect(refusal(base(datum))).toEqual({ datum, metres });
  });
  test("an undeclared datum is refused too", () => {
    expect(refusal(base())).toEqual({ datum: "", metres: 0 });
  });
  test("WMTS is asked for by its matrix", () => {
    expect(wmts("https://t.example.cn/vec_w/wmts?tk=1")).toContain("LAYER=vec&");
    expect(wmts("https://t.example.cn/img_w/wmts?tk=1")).toContain(
      "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
    );
    expect(wmts("https://t.example.cn/{TileMatrix}/{TileCol}/{TileRow}")).toBe(
      "https://t.example.cn/{z}/{x}/{y}",
    );
  });
});

describe("cells of gathered points", () => {
  test("hold the point and have the size of a tile's part", () => {
    const [w, s, e, n] = cellBox([120.894, 31.98], 9.7, 8);
    expect(w).toBeLessThanOrEqual(120.894);
    expect(e).toBeGreaterThan(120.894);
    expect(s).toBeLessThanOrEqual(31.98);
    expect(n).toBeGreaterThan(31.98);
    expect(e - w).toBeCloseTo(360 / (512 * 8), 9);
  });
  test("an extent takes every kind of geometry", () => {
    const line: GeoJSON.Geometry = {
      type: "LineString",
      coordinates: [
        [1, 2],
        [3, -4],
      ],
    };
    const point: GeoJSON.Geometry = { type: "Point", coordinates: [5, 6] };
    expect(extent([line, null, { type: "GeometryCollection", geometries: [point] }])).toEqual([
      1, -4, 5, 6,
    ]);
    expect(extent([null])).toBeNull();
  });
});

describe("what panels cover", () => {
  const size = { width: 1_440, height: 900 };
  const covered = { left: 332, right: 392, top: 0, bottom: 42 };
  test("the free middle is off the middle", () => {
    expect(offset(covered)).toEqual([-30, -21]);
  });
  test("a free point stays where it is, a covered one comes out", () => {
    expect(nudge({ x: 700, y: 400 }, covered, size)).toBeNull();
    expect(nudge({ x: 1_200, y: 400 }, covered, size)).toEqual([192, 0]);
    expect(nudge({ x: 100, y: 890 }, covered, size)).toEqual([-272, 72]);
  });
  test("the free box is smaller than the map", () => {
    expect(freeBox(covered, size, ([x, y]) => [x, -y])).toEqual([332, -858, 1_048, -0]);
  });
});

describe("scale", () => {
  test("a px of tiles of 512 at zoom 0 on the equator", () => {
    expect(metresPerPx(0, 0)).toBeCloseTo(78_271.517, 2);
  });
  test("the bar is round and fits", () => {
    for (let zoom = 7; zoom < 20; zoom += 0.7) {
      const { metres, px } = scaleBar(32, zoom);
      expect(px).toBeLessThanOrEqual(96);
      expect(px).toBeGreaterThan(30);
      expect(String(metres)).toMatch(/^[125]0*$/);
    }
  });
});

describe("symbols", () => {
  test("light colours get a dark outline", () => {
    expect(outline("#f2c80f")).not.toBe("#ffffff");
    expect(outline("#d7263d")).toBe("#ffffff");
  });
  test("a form that is not known is a circle", () => {
    expect(shape("blob")).toBe(shape("circle"));
    expect(shape(undefined)).toBe(shape("circle"));
  });
});
