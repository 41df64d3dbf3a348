import type {
  ExpressionSpecification,
  GeoJSONSource,
  LayerSpecification,
  Map as Maplibre,
  PointLike,
} from "maplibre-gl";
import { density, drawHatch } from "../map/draw.ts";
import { FONT, NIGHT } from "../map/palette.ts";
import type { Over } from "../map/pointer.ts";
import { AREA, GAP, PLACE } from "./colours.ts";
import type { Drawn, Features } from "./features.ts";

const EMPTY: Features = { type: "FeatureCollection", features: [] };
const VEIL = "ask/veil";
const HATCH = "ask-hatch";
const SOURCES = ["ask-shapes", "ask-rows", "ask-draft"] as const;
type Source = (typeof SOURCES)[number];

/** What the pointer is at, and where that is in px of the page. */
export interface Pointed {
  drawn: Drawn;
  x: number;
  y: number;
}

/** What the questions draw over the map: an answer, and what is being filled in. */
export class Overlay implements Over {
  /** Told what the pointer is at. */
  pointed: ((at: Pointed | null) => void) | null = null;
  /** Told the key of a row that is clicked. */
  picked: ((key: string) => void) | null = null;
  /** Takes every click on the map while it is set. */
  claim: ((xy: [number, number], reach: number) => void) | null = null;
  private readonly map: Maplibre;
  private readonly data: Record<Source, Features> = {
    "ask-shapes": EMPTY,
    "ask-rows": EMPTY,
    "ask-draft": EMPTY,
  };
  private veiled = false;
  private readonly keep = () => this.ensure();

  constructor(map: Maplibre) {
    this.map = map;
    map.on("styledata", this.keep);
    this.ensure();
  }

  /** Draws an answer's shapes and rows in place of what was there; veiled, the layers step back. */
  show(shapes: Features, rows: Features, veiled: boolean): void {
    this.veiled = veiled;
    this.set("ask-shapes", shapes);
    this.set("ask-rows", rows);
    this.ensure();
  }

  /** Draws what is being filled in, or changed by a scenario. */
  draft(features: Features): void {
    this.set("ask-draft", features);
  }

  clear(): void {
    this.show(EMPTY, EMPTY, false);
  }

  remove(): void {
    this.map.off("styledata", this.keep);
    for (const { id } of layers()) if (this.map.getLayer(id)) this.map.removeLayer(id);
    for (const source of SOURCES) if (this.map.getSource(source)) this.map.removeSource(source);
  }

  click([x, y]: [number, number], reach: number): boolean {
    if (this.claim) {
      this.claim([x, y], reach);
      return true;
    }
    const drawn = this.at([x, y], reach);
    if (drawn?.kind !== "row") return false;
    this.picked?.(drawn.key);
    return true;
  }

  move(xy: [number, number] | null): boolean {
    const drawn = xy ? this.at(xy, 4) : null;
    const box = this.map.getContainer().getBoundingClientRect();
    this.pointed?.(drawn && xy ? { drawn, x: xy[0] + box.left, y: xy[1] + box.top } : null);
    return drawn?.kind === "row" || drawn?.kind === "way";
  }

  private at([x, y]: [number, number], reach: number): Drawn | null {
    const answering = layers()
      .filter((l) => "source" in l && l.source !== "ask-draft" && this.map.getLayer(l.id))
      .map((l) => l.id);
    const box: [PointLike, PointLike] = [
      [x - reach, y - reach],
      [x + reach, y + reach],
    ];
    const ranks = ["row", "way", "place", "gap", "band"];
    const found = this.map
      .queryRenderedFeatures(box, { layers: answering })
      .map((f) => f.properties as Drawn)
      .filter((d) => ranks.includes(d.kind));
    found.sort((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind) || b.rank - a.rank);
    return found[0] ?? null;
  }

  private set(source: Source, features: Features): void {
    this.data[source] = features;
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(features);
  }

  // A new style, as after a change of language, forgets what was added; it is added anew.
  private ensure(): void {
    const { map } = this;
    if (!map.getStyle()) return;
    for (const source of SOURCES) {
      if (!map.getSource(source)) {
        map.addSource(source, { type: "geojson", data: this.data[source], tolerance: 0.2 });
      }
    }
    if (!map.hasImage(HATCH)) map.addImage(HATCH, drawHatch("", GAP), { pixelRatio: density() });
    const below = map.getLayer("hover/line") ? "hover/line" : undefined;
    for (const layer of layers()) if (!map.getLayer(layer.id)) map.addLayer(layer, below);
    const night = document.documentElement.classList.contains("wall");
    const veil = night ? NIGHT.land : "#f6f5f0";
    if (map.getPaintProperty(VEIL, "background-color") !== veil) {
      map.setPaintProperty(VEIL, "background-color", veil);
    }
    const veiled = this.veiled ? "visible" : "none";
    if (map.getLayoutProperty(VEIL, "visibility") !== veiled) {
      map.setLayoutProperty(VEIL, "visibility", veiled);
    }
  }
}

function layers(): LayerSpecification[] {
  const colour: ExpressionSpecification = ["get", "colour"];
  const kind = (...kinds: string[]): ExpressionSpecification => [
    "in",
    ["get", "kind"],
    ["literal", kinds],
  ];
  const type = (name: "Point" | "LineString" | "Polygon"): ExpressionSpecification => [
    "in",
    ["geometry-type"],
    ["literal", [name, `Multi${name}`]],
  ];
  const order = { "line-join": "round", "line-cap": "round" } as const;
  return [
    {
      id: VEIL,
      type: "background",
      layout: { visibility: "none" },
      paint: { "background-color": "#f6f5f0", "background-opacity": 0.55 },
    },
    {
      id: "ask/band",
      type: "fill",
      source: "ask-shapes",
      filter: ["all", kind("band"), type("Polygon")],
      paint: { "fill-color": colour, "fill-opacity": 0.5 },
    },
    {
      id: "ask/band-line",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("band"), type("LineString")],
      layout: order,
      paint: { "line-color": colour, "line-width": 3 },
    },
    {
      id: "ask/gap-fill",
      type: "fill",
      source: "ask-shapes",
      filter: ["all", kind("gap"), type("Polygon")],
      paint: { "fill-color": GAP, "fill-opacity": 0.22 },
    },
    {
      id: "ask/gap",
      type: "fill",
      source: "ask-shapes",
      filter: ["all", kind("gap"), type("Polygon")],
      paint: { "fill-pattern": HATCH, "fill-opacity": 0.7 },
    },
    {
      id: "ask/gap-line",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("gap"), ["!", type("Point")]],
      paint: { "line-color": GAP, "line-width": 1.5 },
    },
    {
      id: "ask/gap-point",
      type: "circle",
      source: "ask-shapes",
      filter: ["all", kind("gap"), type("Point")],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1.6, 14, 5],
        "circle-color": GAP,
        "circle-opacity": 0.75,
      },
    },
    {
      id: "ask/area",
      type: "fill",
      source: "ask-shapes",
      filter: ["all", kind("area"), type("Polygon")],
      paint: { "fill-color": AREA, "fill-opacity": 0.07 },
    },
    {
      id: "ask/area-case",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("area"), ["!", type("Point")]],
      paint: { "line-color": "#ffffff", "line-width": 4, "line-opacity": 0.8 },
    },
    {
      id: "ask/area-line",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("area"), ["!", type("Point")]],
      paint: { "line-color": AREA, "line-width": 1.8, "line-dasharray": [4, 2] },
    },
    {
      id: "ask/way-case",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("way"), type("LineString")],
      layout: order,
      paint: { "line-color": "#ffffff", "line-width": 6 },
    },
    {
      id: "ask/way",
      type: "line",
      source: "ask-shapes",
      filter: ["all", kind("way"), type("LineString")],
      layout: order,
      paint: { "line-color": colour, "line-width": 3.4 },
    },
    {
      id: "ask/place",
      type: "circle",
      source: "ask-shapes",
      filter: type("Point"),
      paint: {
        "circle-radius": ["case", kind("place"), 7, 0],
        "circle-color": "#ffffff",
        "circle-stroke-color": PLACE,
        "circle-stroke-width": ["case", kind("place"), 4, 0],
      },
    },
    ...rows(colour, type),
    ...draft(type),
  ];
}

type ByType = (name: "Point" | "LineString" | "Polygon") => ExpressionSpecification;

function rows(colour: ExpressionSpecification, type: ByType): LayerSpecification[] {
  const labelled: ExpressionSpecification = ["!=", ["get", "label"], ""];
  return [
    {
      id: "ask/row-fill",
      type: "fill",
      source: "ask-rows",
      filter: type("Polygon"),
      paint: { "fill-color": colour, "fill-opacity": 0.15 },
    },
    {
      id: "ask/row-line",
      type: "line",
      source: "ask-rows",
      filter: ["!", type("Point")],
      paint: { "line-color": colour, "line-width": 2.2 },
    },
    {
      id: "ask/row",
      type: "circle",
      source: "ask-rows",
      filter: type("Point"),
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": ["case", labelled, 10, 4],
        "circle-color": colour,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 1.6,
      },
    },
    {
      id: "ask/row-number",
      type: "symbol",
      source: "ask-rows",
      filter: ["all", type("Point"), labelled],
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 11.5,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": "#ffffff" },
    },
  ];
}

function draft(type: ByType): LayerSpecification[] {
  return [
    {
      id: "ask/draft-fill",
      type: "fill",
      source: "ask-draft",
      filter: type("Polygon"),
      paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.08 },
    },
    {
      id: "ask/draft-case",
      type: "line",
      source: "ask-draft",
      filter: ["!", type("Point")],
      paint: { "line-color": "#ffffff", "line-width": 4.5 },
    },
    {
      id: "ask/draft-line",
      type: "line",
      source: "ask-draft",
      filter: ["!", type("Point")],
      paint: { "line-color": ["get", "colour"], "line-width": 2 },
    },
    {
      id: "ask/draft",
      type: "circle",
      source: "ask-draft",
      filter: ["all", type("Point"), ["==", ["get", "label"], ""]],
      paint: {
        "circle-radius": 7,
        "circle-color": "#ffffff",
        "circle-stroke-color": ["get", "colour"],
        "circle-stroke-width": 4,
      },
    },
    {
      id: "ask/draft-disc",
      type: "circle",
      source: "ask-draft",
      filter: ["all", type("Point"), ["!=", ["get", "label"], ""]],
      paint: {
        "circle-radius": 11,
        "circle-color": ["get", "colour"],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2,
      },
    },
    {
      id: "ask/draft-sign",
      type: "symbol",
      source: "ask-draft",
      filter: ["all", type("Point"), ["!=", ["get", "label"], ""]],
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 14,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": "#ffffff" },
    },
  ];
}
