import type {
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from "maplibre-gl";
import { type Filters, query } from "../api/client.ts";
import type { Lang, LayerInfo } from "../api/types.ts";
import { landNames, landPaint, landSizes, nameExpression, roadPaint } from "./base.ts";
import { FONT, type Palette } from "./palette.ts";
import { layerOf } from "./pick.ts";
import { type Form, formOf, gatheredImage, ringText, STEPS } from "./ring.ts";

/** What the server's style is fitted to. */
export interface Fit {
  layers: readonly LayerInfo[];
  lang: Lang;
  palette: Palette;
  on: ReadonlySet<string>;
  filters: Readonly<Record<string, Filters>>;
  /** The city's own name, which the map need not repeat. */
  city: string;
  /** Scheme and host that the tiles come from. */
  origin: string;
  /** How much larger everything written is drawn, such as on a wall. */
  scale: number;
  ground: { sources: Record<string, SourceSpecification>; layers: LayerSpecification[] };
}

/** The layer whose areas are the city's own land. */
const LAND = "admin_unit";

/** The kinds of style layer from below to above; the last part of a style layer's name. */
const KINDS = ["fill", "line", "cell", "label", "small", "symbol", "plate", "ring"];

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
    .map((l) => gathered(l, known.get(layerOf(l.id)) as LayerInfo, to));
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

// Areas under lines under names under points under rings; the land under everything. What
// lies higher is placed first, so names keep clear of points and points of nothing.
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
  if (kindOf(out.id) === "label") write(out as SymbolLayerSpecification, info, to);
  if (kindOf(out.id) === "symbol") place(out as SymbolLayerSpecification, to);
  if (info.id === LAND) landPaint(out, to.palette);
  if (info.id === "road") roadPaint(out, to.palette);
  return out;
}

function place(layer: SymbolLayerSpecification, to: Fit): void {
  const size = layer.layout?.["icon-size"];
  layer.layout = {
    ...layer.layout,
    "icon-ignore-placement": false,
    "icon-padding": 0,
    ...(Array.isArray(size) ? { "icon-size": grown(size, 1.15 * to.scale) as never } : {}),
  };
}

// Multiplies the sizes of an interpolation by zoom: interpolate, linear, zoom, z, v, z, v …
function grown(expression: unknown[], by: number): unknown[] {
  return expression.map((v, i) => (i > 3 && i % 2 === 0 && typeof v === "number" ? v * by : v));
}

function write(layer: SymbolLayerSpecification, info: LayerInfo, to: Fit): void {
  const land = info.id === LAND;
  layer.layout = {
    ...layer.layout,
    "text-font": FONT,
    "text-field": (land ? landNames(info, to.lang, to.city) : names(layer, info, to.lang)) as never,
    "text-size": (land ? landSizes(to.scale) : 11 * to.scale) as never,
    "text-padding": land ? 6 : 3,
    "text-max-width": 9,
    ...(land
      ? { "text-letter-spacing": 0.06, "text-variable-anchor-offset": nearby() as never }
      : {}),
  };
  layer.paint = {
    "text-color": land ? to.palette.faint : to.palette.ink,
    "text-halo-color": to.palette.halo,
    "text-halo-width": 1.5,
    "text-halo-blur": 0.3,
  };
}

// The gravest have their names first; the others follow as the map is brought nearer.
function names(layer: SymbolLayerSpecification, info: LayerInfo, lang: Lang): unknown {
  const name = nameExpression(info, lang);
  const { by } = info.style;
  const from = layer.minzoom ?? 0;
  const codes = info.legend.map((c) => c.code);
  const list = info.fields.find((f) => f.name === by)?.codes ?? "";
  if (!by || codes.length < 4 || !info.codelists[list]?.ordered || info.geometry !== "Point")
    return name;
  const only = (n: number) => ["match", ["get", by], codes.slice(0, n), name, ""];
  return ["step", ["zoom"], only(2), from + 1, only(3), from + 2, name];
}

function gathered(layer: LayerSpecification, info: LayerInfo, to: Fit): SymbolLayerSpecification {
  const form = formOf(info);
  return {
    id: `${info.id}/${form}`,
    type: "symbol",
    source: info.id,
    "source-layer": info.id,
    filter: ["has", "point_count"],
    ...(layer.minzoom === undefined ? {} : { minzoom: layer.minzoom }),
    ...(layer.maxzoom === undefined ? {} : { maxzoom: layer.maxzoom }),
    ...(layer.metadata ? { metadata: layer.metadata } : {}),
    layout: {
      visibility: to.on.has(info.id) ? "visible" : "none",
      "icon-image": gatheredImage(info, to.palette.name),
      "icon-size": form === "plate" ? 1 : to.scale,
      "text-field": ringText(to.lang),
      "text-font": FONT,
      "text-padding": 0,
      "icon-padding": 0,
      "symbol-sort-key": ["get", "point_count"],
      "symbol-z-order": "source",
      ...LAYOUTS[form],
      "text-size": (form === "ring" ? ringTextSize(to.scale) : 10.5 * to.scale) as never,
    },
    paint: { "text-color": form === "cell" ? to.palette.faint : to.palette.strong },
  };
}

// Places to try, as anchors with offsets in ems: on the spot, then around it farther and
// farther, for as many rounds as are asked for.
function around(up: number, side: number, rounds: number): unknown[] {
  const places: unknown[] = ["center", [0, 0]];
  for (let i = 0; i < rounds; i++) {
    const [x, y] = [side * (1 + 0.55 * i), up * (1 + 0.55 * i)];
    for (const [dx, dy] of [
      [0, 1],
      [0, -1],
      [1, 0],
      [-1, 0],
      [1, 1],
      [-1, 1],
      [1, -1],
      [-1, -1],
    ]) {
      places.push("center", [x * (dx as number), y * (dy as number)]);
    }
  }
  return places;
}

// A unit's name may give way to rings, but not so far that it stands in another unit.
function nearby(): unknown {
  const rounds = (n: number) => ["literal", around(1.5, 2.4, n)];
  return ["step", ["zoom"], rounds(1), 7.8, rounds(3), 8.6, rounds(4)];
}

// Rings stand where they are. Plates look for room beside them, and lie over each other
// where there is none. Cells lie under everything and give their number where it fits.
const LAYOUTS: Record<Form, SymbolLayerSpecification["layout"]> = {
  ring: {
    "icon-overlap": "always",
    "text-overlap": "always",
    "text-offset": [0, 0.02],
  },
  plate: {
    "icon-overlap": "always",
    "text-overlap": "always",
    "text-variable-anchor-offset": around(1.2, 1.7, 4) as never,
    "icon-text-fit": "both",
    "text-justify": "center",
  },
  cell: {
    "icon-overlap": "always",
    "icon-ignore-placement": true,
    "text-optional": true,
    "text-padding": 2,
  },
};

function ringTextSize(scale: number): unknown {
  const [first, ...rest] = [10.5, 11, 11.5, 12, 12.5, 13, 14].map((s) => s * scale);
  const steps = STEPS.flatMap((limit, i) => [limit + 1, rest[i]]);
  return ["step", ["get", "point_count"], first, ...steps];
}
