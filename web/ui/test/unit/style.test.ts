import { type StyleSpecification, validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, test } from "vitest";
import type { LayerInfo } from "../../src/api/types.ts";
import { DAY, NIGHT } from "../../src/map/palette.ts";
import { adapt, type Fit, tilesOf } from "../../src/map/style.ts";

const text = (s: string) => ({ zh: s, en: s });
const grades = ["major", "considerable", "general", "low", "ungraded"];

function layer(id: string, geometry: LayerInfo["geometry"], more: Partial<LayerInfo>): LayerInfo {
  return {
    id,
    title: text(id),
    description: text(""),
    group: "safety",
    order: 1,
    geometry,
    label: "name",
    zoom: { min: 0, max: 16 },
    visible: true,
    fields: [{ name: "name", title: text("name"), type: "text" }],
    style: { colour: "#8a8f98", symbol: "circle" },
    source: { name: text("s") },
    legend: [],
    codelists: {},
    ...more,
  };
}

const layers = [
  layer("enterprise", "Point", {
    style: { by: "grade", colour: "#8a8f98", symbol: "circle" },
    fields: [
      { name: "name", title: text("name"), type: "text" },
      { name: "grade", title: text("grade"), type: "code", codes: "grade" },
    ],
    legend: grades.map((code) => ({
      code,
      title: text(code),
      colour: "#d7263d",
      symbol: "circle",
    })),
    codelists: { grade: { title: text("grade"), ordered: true, items: [] } },
  }),
  layer("rescue_team", "Point", { style: { colour: "#33309c", symbol: "star" } }),
  layer("building", "Polygon", { group: "exposed" }),
  layer("road", "LineString", { group: "base" }),
  layer("admin_unit", "MultiPolygon", {
    group: "base",
    fields: ["name", "name_en"].map((name) => ({ name, title: text(name), type: "text" as const })),
  }),
];

/** A style in the manner of the server's: one source a layer, style layers named layer/kind. */
function server(): StyleSpecification {
  const at = (id: string, kind: string, type: string, more: object = {}) => ({
    id: `${id}/${kind}`,
    type,
    source: id,
    "source-layer": id,
    metadata: { "onemap:layer": id },
    layout: { visibility: "visible" },
    ...more,
  });
  const symbol = {
    layout: {
      "icon-image": "circle-d7263d",
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 16, 0.8],
    },
  };
  const label = { minzoom: 14, layout: { "text-field": ["get", "name"], "text-size": 11 } };
  return {
    version: 8,
    sources: Object.fromEntries(
      layers.map((l) => [l.id, { type: "vector", url: "http://x/tiles" }]),
    ),
    layers: [
      { id: "background", type: "background" },
      at("enterprise", "symbol", "symbol", symbol),
      at("enterprise", "cluster", "circle"),
      at("enterprise", "cluster-count", "symbol", label),
      at("enterprise", "label", "symbol", label),
      at("rescue_team", "cluster", "circle"),
      at("building", "fill", "fill"),
      at("building", "cluster", "circle"),
      at("road", "line", "line"),
      at("admin_unit", "fill", "fill"),
      at("admin_unit", "line", "line"),
      at("admin_unit", "label", "symbol", label),
      at("secret", "fill", "fill"),
    ] as StyleSpecification["layers"],
  };
}

function fitted(more: Partial<Fit> = {}): StyleSpecification {
  return adapt(server(), {
    layers,
    lang: "zh",
    palette: DAY,
    on: new Set(layers.map((l) => l.id)),
    filters: {},
    city: "南通市",
    origin: "http://127.0.0.1:8080",
    scale: 1,
    ground: { sources: {}, layers: [{ id: "background", type: "background" }] },
    ...more,
  });
}

const find = (style: StyleSpecification, id: string) => style.layers.find((l) => l.id === id);

describe("the page's style", () => {
  test.each([
    ["by day in Chinese", {}],
    ["by night in English on a wall", { lang: "en" as const, palette: NIGHT, scale: 1.7 }],
  ])("passes MapLibre's validator %s", (_, more) => {
    expect(validateStyleMin(fitted(more))).toEqual([]);
  });

  test("asks nobody else for anything", () => {
    const style = fitted();
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    for (const source of Object.values(style.sources)) {
      expect(JSON.stringify(source)).toContain("http://127.0.0.1:8080/tiles/");
    }
  });

  test("gathers points in rings, forms in plates, buildings in cells", () => {
    const ids = fitted().layers.map((l) => l.id);
    expect(ids).toContain("enterprise/ring");
    expect(ids).toContain("rescue_team/plate");
    expect(ids).toContain("building/cell");
    expect(ids.filter((id) => id.includes("cluster"))).toEqual([]);
  });

  test("has the land lowest and the rings highest, names below points", () => {
    const ids = fitted().layers.map((l) => l.id);
    expect(ids[0]).toBe("background");
    expect(ids[1]).toBe("admin_unit/fill");
    expect(ids.at(-1)).toBe("enterprise/ring");
    expect(ids.indexOf("enterprise/label")).toBeLessThan(ids.indexOf("enterprise/symbol"));
  });

  test("leaves out what the reader has no declaration of", () => {
    expect(JSON.stringify(fitted())).not.toContain("secret");
  });

  test("shows what is on, and the land even when its layer is off", () => {
    const style = fitted({ on: new Set(["road"]) });
    expect(find(style, "road/line")?.layout?.visibility).toBe("visible");
    expect(find(style, "enterprise/ring")?.layout?.visibility).toBe("none");
    expect(find(style, "admin_unit/line")?.layout?.visibility).toBe("none");
    expect(find(style, "admin_unit/fill")?.layout?.visibility).toBe("visible");
  });

  test("speaks English where a layer can", () => {
    expect(JSON.stringify(find(fitted({ lang: "en" }), "admin_unit/label"))).toContain("name_en");
    expect(JSON.stringify(find(fitted(), "admin_unit/label"))).not.toContain("name_en");
  });
});

test("tiles are asked for with the filters in a stable order", () => {
  const a = tilesOf("enterprise", { risk_grade: "major,low", employees: "100/.." }, "");
  const b = tilesOf("enterprise", { employees: "100/..", risk_grade: "major,low" }, "");
  expect(a).toBe("/tiles/enterprise/{z}/{x}/{y}.mvt?employees=100/..&risk_grade=major,low");
  expect(b).toBe(a);
});
