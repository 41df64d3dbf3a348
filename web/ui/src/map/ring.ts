import type { ExpressionSpecification } from "maplibre-gl";
import type { Code, LayerInfo } from "../api/types.ts";

// A gathered point is drawn as a ring divided by the styled field. Its picture is named by
// what it shows, in few enough steps that many rings share a picture:
//   ring/<theme>/<layer>/<step>/<share>.<share>…

/** Into how many parts a ring is quantised. */
export const PARTS = 24;

/** Up to which count each step of size reaches; the last is open. */
export const STEPS = [9, 49, 199, 999, 4_999, 19_999];

/** Outer radius in px by step. */
export const RADII = [13, 15.5, 18, 21, 24, 27.5, 31];

/** Shares of a ring in PARTS; whatever is there at all keeps at least one part. */
export function shares(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum === 0) return counts.map(() => 0);
  return counts.map((n) => (n > 0 ? Math.max(1, Math.round((PARTS * n) / sum)) : 0));
}

export function step(count: number): number {
  const i = STEPS.findIndex((limit) => count <= limit);
  return i < 0 ? STEPS.length : i;
}

/** The colours of a ring: the legend's codes, or the layer's own colour where it has none. */
export function slices(layer: LayerInfo): Code[] {
  if (layer.style.by && layer.legend.length > 0) return layer.legend;
  const { colour, symbol } = layer.style;
  return [{ code: "", title: layer.title, colour, symbol: symbol ?? "circle" }];
}

/** The icon-image expression that names a ring's picture from a feature's counts. */
export function ringImage(layer: LayerInfo, theme: string): ExpressionSpecification {
  return image("ring", layer, theme);
}

/**
 * How the gathered points of a layer are drawn. Layers of plain points are rings; those with
 * a form of their own, and areas, are plates that carry it; the built-up and the peopled
 * (buildings, cells, pipes by the ten thousand) are a tint behind all of them.
 */
export function formOf(layer: LayerInfo): Form {
  const point = layer.geometry === "Point";
  if (!point && layer.group === "exposed") return "cell";
  const plain = !layer.style.symbol || layer.style.symbol === "circle";
  return point && plain ? "ring" : "plate";
}

/** The icon-image expression for the form of a layer. */
export function gatheredImage(layer: LayerInfo, theme: string): ExpressionSpecification {
  return image(formOf(layer), layer, theme);
}

function image(form: Form, layer: LayerInfo, theme: string): ExpressionSpecification {
  const count: ExpressionSpecification = ["get", "point_count"];
  const size: ExpressionSpecification = ["step", count, "0"] as never;
  STEPS.forEach((limit, i) => {
    (size as unknown[]).push(limit + 1, String(i + 1));
  });
  const parts: unknown[] = ["concat", `${form}/${theme}/${layer.id}/`, size, "/"];
  slices(layer).forEach((code, i) => {
    if (i > 0) parts.push(".");
    parts.push(code.code === "" ? String(PARTS) : share(code.code, count));
  });
  return parts as never;
}

function share(code: string, count: ExpressionSpecification): unknown {
  const n = ["coalesce", ["get", `n_${code}`], 0];
  const part = ["max", 1, ["round", ["/", ["*", PARTS, n], count]]];
  return ["to-string", ["case", [">", n, 0], part, 0]];
}

/** The text in a ring: 1.2万 in Chinese, 12k in English, as format/number.ts writes it. */
export function ringText(lang: "zh" | "en"): ExpressionSpecification {
  const count = ["get", "point_count"];
  const tenths = (by: number) => ["to-string", ["/", ["round", ["/", count, by / 10]], 10]];
  if (lang === "zh") {
    return [
      "step",
      count,
      ["to-string", count],
      10_000,
      ["concat", tenths(10_000), "万"],
      1_000_000,
      ["concat", ["to-string", ["round", ["/", count, 10_000]]], "万"],
    ] as never;
  }
  return [
    "step",
    count,
    ["to-string", count],
    1_000,
    ["concat", tenths(1_000), "k"],
    10_000,
    ["concat", ["to-string", ["round", ["/", count, 1_000]]], "k"],
    1_000_000,
    ["concat", tenths(1_000_000), "M"],
  ] as never;
}

export type Form = "ring" | "plate" | "cell";

export interface Gathered {
  form: Form;
  theme: string;
  layer: string;
  step: number;
  shares: number[];
}

/** What the name of a ring, plate or cell says, or null if it is none of them. */
export function parseRing(id: string): Gathered | null {
  const match = /^(ring|plate|cell)\/(\w+)\/([^/]+)\/(\d)\/([\d.]+)$/.exec(id);
  if (!match) return null;
  const [, form, theme, layer, size, parts] = match as unknown as string[];
  return {
    form: form as Gathered["form"],
    theme: String(theme),
    layer: String(layer),
    step: Number(size),
    shares: String(parts).split(".").map(Number),
  };
}

/** Start and end of each slice in radians, clockwise from the top; empty ones left out. */
export function arcs(parts: readonly number[]): { index: number; from: number; to: number }[] {
  const sum = parts.reduce((a, b) => a + b, 0);
  const out: { index: number; from: number; to: number }[] = [];
  let at = -Math.PI / 2;
  parts.forEach((n, index) => {
    if (n <= 0) return;
    const to = at + (2 * Math.PI * n) / sum;
    out.push({ index, from: at, to });
    at = to;
  });
  return out;
}
