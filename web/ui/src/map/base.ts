import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Lang, LayerInfo } from "../api/types.ts";
import type { Palette } from "./palette.ts";

// The two layers that make the ground, units and roads, are held back to near-neutral
// tints, and come in by rank as the map is brought nearer.

/** Which levels of units show from which zoom on. */
const LEVELS: [zoom: number, levels: string[]][] = [
  [0, ["province", "prefecture", "county"]],
  [10.5, ["province", "prefecture", "county", "township"]],
  [13, ["province", "prefecture", "county", "township", "village"]],
];

const ROADS: [zoom: number, classes: string[]][] = [
  [0, ["motorway", "trunk"]],
  [9, ["motorway", "trunk", "expressway", "primary"]],
  [10.5, ["motorway", "trunk", "expressway", "primary", "arterial", "secondary"]],
  [12, ["motorway", "trunk", "expressway", "primary", "arterial", "secondary", "tertiary"]],
];

/** A step by zoom that lets more and more codes through. */
function arriving(
  field: string,
  steps: [number, string[]][],
  yes: unknown,
  no: unknown,
  all?: number,
): unknown {
  const pass = (codes: string[]) => ["match", ["get", field], codes, yes, no];
  const [[, first], ...rest] = steps as [[number, string[]], ...[number, string[]][]];
  const out: unknown[] = ["step", ["zoom"], pass(first)];
  for (const [zoom, codes] of rest) out.push(zoom, pass(codes));
  if (all !== undefined) out.push(all, yes);
  return out;
}

export function landPaint(layer: LayerSpecification, palette: Palette): void {
  // The land is always drawn: switching the layer off takes names and borders away. Units
  // above the county are the neighbours' (the city's own lies under its counties).
  if (layer.type === "fill") {
    const wide: ExpressionSpecification = [
      "in",
      ["get", "level"],
      ["literal", ["province", "prefecture"]],
    ];
    layer.paint = { "fill-color": ["case", wide, palette.outside, palette.land] };
    layer.layout = { visibility: "visible", "fill-sort-key": ["case", wide, 0, 1] };
  }
  if (layer.type === "line") {
    layer.paint = {
      "line-color": ["match", ["get", "level"], "county", palette.border, palette.innerBorder],
      "line-width": [
        "interpolate",
        ["linear"],
        ["zoom"],
        8,
        ["match", ["get", "level"], ["township", "village"], 0.6, 1],
        14,
        ["match", ["get", "level"], ["township", "village"], 1, 2],
      ],
      // Broken, so that units of townships and villages are not taken for roads.
      "line-dasharray": [
        "match",
        ["get", "level"],
        ["township", "village"],
        ["literal", [3, 2]],
        ["literal", [1, 0]],
      ],
      "line-opacity": arriving("level", LEVELS, 1, 0) as never,
    };
  }
}

export function roadPaint(layer: LayerSpecification, palette: Palette): void {
  if (layer.type !== "line") return;
  const main = ["motorway", "trunk", "expressway"];
  const middle = ["primary", "arterial", "secondary"];
  const width = (a: number, b: number, c: number) => [
    "match",
    ["get", "class"],
    main,
    a,
    middle,
    b,
    c,
  ];
  layer.paint = {
    "line-color": [
      "match",
      ["get", "class"],
      main as never,
      palette.mainRoad,
      palette.road,
    ] as never,
    "line-width": [
      "interpolate",
      ["exponential", 1.5],
      ["zoom"],
      8,
      width(1, 0.7, 0.5),
      13,
      width(3, 2.2, 1.2),
      17,
      width(12, 10, 7),
    ] as never,
    "line-opacity": arriving("class", ROADS, 1, 0, 13) as never,
  };
}

/**
 * The name of a unit in the language, where the level shows already. The city's own name
 * stands in the masthead and would only take room from its districts'.
 */
export function landNames(info: LayerInfo, lang: Lang, city: string): unknown {
  const name = nameExpression(info, lang);
  const levels: typeof LEVELS = LEVELS.map(([z, l]) => [z === 13 ? 13.5 : z, l]);
  const shown = ["case", ["==", ["get", "name"], city], "", name];
  return arriving("level", levels, shown, "");
}

export function landSizes(scale: number): unknown {
  const at = (county: number, other: number) => [
    "match",
    ["get", "level"],
    ["province", "prefecture", "county"],
    county * scale,
    other * scale,
  ];
  return ["interpolate", ["linear"], ["zoom"], 8, at(12, 10.5), 13, at(17, 12)];
}

/** A record's name: the English one where the language and the layer have it. */
export function nameExpression(info: LayerInfo, lang: Lang): unknown {
  const name = ["coalesce", ["get", info.label ?? "name"], ""];
  const english = info.fields.find((f) => f.name === `${info.label}_en`);
  if (lang !== "en" || !english) return name;
  return ["coalesce", ["get", english.name], ["get", info.label ?? "name"], ""];
}
