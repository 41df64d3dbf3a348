import type {
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from "maplibre-gl";
import { type Filters, query } from "../api/client.ts";
import type { Lang, LayerInfo } from "../api/types.ts";
import { FONT, type Palette } from "./palette.ts";
import { layerOf } from "./pick.ts";
import { ringImage, ringText } from "./ring.ts";

/** What the server's style is fitted to. */
export interface Fit {
  layers: readonly LayerInfo[];
  lang: Lang;
  palette: Palette;
  on: ReadonlySet<string>;
  filters: Readonly<Record<string, Filters>>;
  /** Scheme and host that the tiles come from. */
  origin: string;
  /** How much larger everything written is drawn, such as on a wall. */
  scale: number;
  ground: { sources: Record<string, SourceSpecification>; layers: LayerSpecification[] };
}

/** The layer whose areas are the city's own land. */
const LAND = "admin_unit";

/** The kinds of style layer from below to above; the last part of a style layer's name. */
const KINDS = ["fill", "hatch", "line", "outline", "casing", "symbol", "label", "ring"];

export function kindOf(id: string): string {
  return id.split("/")[1] ?? "";
}

/** The address of a layer's tiles under its filters. */
export function tilesOf(id: string, filters: Filters, origin: string): string {
  const text = query(filters);
  return `${origin}/tiles/${id}/{z}/{x}/{y}.mvt${text ? `?${text}` : ""}`;
}

/** Makes the page's style out of the server's: its ground, its rings, its language. */
export function adapt(server: StyleSpecification, to: Fit): StyleSpecification {
  const known = new Map(to.layers.map((l) => [l.id, l]));
  const own = server.layers.filter((l) => known.has(layerOf(l.id)));
  const drawn = own
    .filter((l) => !kindOf(l.id).startsWith("cluster"))
    .map((l) => redraw(l, known.get(layerOf(l.id)) as LayerInfo, to));
  const rings = own
    .filter((l) => kindOf(l.id) === "cluster")
    .map((l) => ring(l, known.get(layerOf(l.id)) as LayerInfo, to));
  return {
    version: 8,
    name: server.name ?? "onemap",
    sources: { ...to.ground.sources, ...vectors(to) },
    layers: [...to.ground.layers, ...inOrder([...drawn, ...rings])],
    transition: { duration: 0, delay: 0 },
  };
}

function vectors(to: Fit): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {};
  for (const layer of to.layers) {
    sources[layer.id] = {
      type: "vector",
      tiles: [tilesOf(layer.id, to.filters[layer.id] ?? {}, to.origin)],
      minzoom: layer.zoom.min,
      maxzoom: layer.zoom.max,
    };
  }
  return sources;
}

// Areas under lines under points under names under rings; the land under everything.
function inOrder(layers: LayerSpecification[]): LayerSpecification[] {
  const place = (l: LayerSpecification) => {
    if (layerOf(l.id) === LAND && kindOf(l.id) === "fill") return -1;
    const kind = KINDS.indexOf(kindOf(l.id));
    return kind < 0 ? KINDS.indexOf("symbol") : kind;
  };
  return layers
    .map((l, i) => ({ l, i }))
    .sort((a, b) => place(a.l) - place(b.l) || a.i - b.i)
    .map(({ l }) => l);
}

function redraw(layer: LayerSpecification, info: LayerInfo, to: Fit): LayerSpecification {
  const visibility = to.on.has(info.id) ? "visible" : "none";
  const out = structuredClone(layer);
  (out as { layout?: object }).layout = { ...out.layout, visibility };
  if (out.type === "symbol" && out.layout?.["text-field"] !== undefined) write(out, info, to);
  if (info.id === LAND) tint(out, to.palette);
  return out;
}

// The land is always drawn: switching the layer off takes its names and borders away.
function tint(layer: LayerSpecification, palette: Palette): void {
  if (layer.type === "fill") {
    layer.paint = { "fill-color": palette.land, "fill-opacity": 1, "fill-antialias": true };
    layer.layout = { visibility: "visible" };
  }
}

function write(layer: SymbolLayerSpecification, info: LayerInfo, to: Fit): void {
  const english = info.fields.find((f) => f.name === `${info.label}_en`);
  const land = info.id === LAND;
  layer.layout = {
    ...layer.layout,
    "text-font": FONT,
    ...(to.lang === "en" && english && info.label
      ? { "text-field": ["coalesce", ["get", english.name], ["get", info.label]] }
      : {}),
  };
  layer.paint = {
    ...layer.paint,
    "text-color": land ? to.palette.faint : to.palette.ink,
    "text-halo-color": to.palette.halo,
    "text-halo-width": 1.4,
    "text-halo-blur": 0.4,
  };
}

function ring(layer: LayerSpecification, info: LayerInfo, to: Fit): SymbolLayerSpecification {
  const single = !info.style.by || info.legend.length === 0;
  const glyph = single && info.style.symbol !== undefined && info.style.symbol !== "circle";
  return {
    id: `${info.id}/ring`,
    type: "symbol",
    source: info.id,
    "source-layer": info.id,
    filter: ["has", "point_count"],
    ...(layer.minzoom === undefined ? {} : { minzoom: layer.minzoom }),
    ...(layer.maxzoom === undefined ? {} : { maxzoom: layer.maxzoom }),
    ...(layer.metadata ? { metadata: layer.metadata } : {}),
    layout: {
      visibility: to.on.has(info.id) ? "visible" : "none",
      "icon-image": ringImage(info, to.palette.name),
      "icon-size": to.scale,
      "icon-allow-overlap": true,
      "text-field": ringText(to.lang),
      "text-font": FONT,
      "text-size": textSize(to.scale) as never,
      "text-offset": glyph ? [0, 0.35] : [0, 0.02],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
      "symbol-sort-key": ["get", "point_count"],
      "symbol-z-order": "source",
    },
    paint: { "text-color": to.palette.ink },
  };
}

function textSize(scale: number): unknown {
  const sizes = [10, 10.5, 11, 11.5, 12, 13, 14].map((s) => s * scale);
  return [
    "step",
    ["get", "point_count"],
    sizes[0],
    10,
    sizes[1],
    50,
    sizes[2],
    200,
    sizes[3],
  ].concat([1_000, sizes[4] as number, 5_000, sizes[5] as number, 20_000, sizes[6] as number]);
}
