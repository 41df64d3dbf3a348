import type { Box, LngLat } from "../api/types.ts";
import { destination } from "../earth/geodesic.ts";
import type { System } from "../format/angle.ts";
import { readPositions, writePosition } from "./position.ts";
import type { Circle, Shape } from "./types.ts";

/** The forms that a shape is drawn or typed in. */
export const FORMS = ["point", "line", "polygon", "circle"] as const;
export type Form = (typeof FORMS)[number];

/** A shape as it is being filled in: positions one a line, and the radius of a circle. */
export interface Draft {
  form: Form;
  text: string;
  radius: string;
}

export type Wrong = { line: number } | "empty" | "few" | "radius" | "json";

/** Reads a draft; a text that begins with { is a GeoJSON geometry. */
export function readShape(draft: Draft, system: System): { shape?: Shape; wrong?: Wrong } {
  const { form, text, radius } = draft;
  if (text.trim() === "") return { wrong: "empty" };
  if (text.trim().startsWith("{")) return geojson(text);
  const { at, wrong } = readPositions(text, system);
  if (wrong > 0) return { wrong: { line: wrong } };
  const [first] = at;
  if (!first) return { wrong: "empty" };
  if (form === "circle") {
    const metres = Number(radius);
    if (!(metres > 0)) return { wrong: "radius" };
    return { shape: { type: "Circle", coordinates: first, radius: metres } };
  }
  if (form === "point") return { shape: { type: "Point", coordinates: first } };
  if (at.length < (form === "line" ? 2 : 3)) return { wrong: "few" };
  if (form === "line") return { shape: { type: "LineString", coordinates: at } };
  return { shape: { type: "Polygon", coordinates: [ring(at)] } };
}

/** The positions as a ring: the last is the first. */
export function ring(at: readonly LngLat[]): LngLat[] {
  const [first] = at;
  const last = at.at(-1);
  if (!first || !last) return [];
  return first[0] === last[0] && first[1] === last[1] ? [...at] : [...at, first];
}

function geojson(text: string): { shape?: Shape; wrong?: Wrong } {
  try {
    const value = JSON.parse(text) as GeoJSON.Feature | Shape;
    const shape = value.type === "Feature" ? value.geometry : value;
    if (shape && "coordinates" in shape) return { shape };
  } catch {
    // said below
  }
  return { wrong: "json" };
}

/** The draft that reads back to a shape. */
export function draftOf(shape: Shape, system: System): Draft {
  const lines = (at: readonly GeoJSON.Position[]) =>
    at.map((p) => writePosition(p as LngLat, system)).join("\n");
  switch (shape.type) {
    case "Point":
      return { form: "point", text: lines([shape.coordinates]), radius: "" };
    case "Circle":
      return { form: "circle", text: lines([shape.coordinates]), radius: String(shape.radius) };
    case "LineString":
      return { form: "line", text: lines(shape.coordinates), radius: "" };
    case "Polygon":
      if (shape.coordinates.length === 1) {
        return {
          form: "polygon",
          text: lines(shape.coordinates[0]?.slice(0, -1) ?? []),
          radius: "",
        };
      }
  }
  return { form: "polygon", text: JSON.stringify(shape), radius: "" };
}

/** A shape as the map draws it: a circle by the geodesics from its middle. */
export function outline(shape: Shape): GeoJSON.Geometry {
  if (shape.type !== "Circle") return shape;
  const { coordinates, radius } = shape as Circle;
  const at = Array.from({ length: 96 }, (_, i) =>
    destination(coordinates, (-i * 360) / 96, Math.min(radius, 5e6)),
  );
  return { type: "Polygon", coordinates: [ring(at)] };
}

/** Calls with every position of a geometry. */
export function positions(geometry: GeoJSON.Geometry, call: (p: LngLat) => void): void {
  if (geometry.type === "GeometryCollection") {
    for (const g of geometry.geometries) positions(g, call);
    return;
  }
  const walk = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === "number") call(c as LngLat);
    else for (const inner of c) walk(inner);
  };
  walk(geometry.coordinates);
}

/** The box around geometries; null where there are none. */
export function boxOf(geometries: Iterable<GeoJSON.Geometry | null | undefined>): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const g of geometries) {
    if (!g) continue;
    positions(g, ([x, y]) => {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    });
  }
  return box[0] <= box[2] ? box : null;
}

/** Where a record is, for an input that takes a place: its point, or the middle of its box. */
export function middle(geometry: GeoJSON.Geometry): LngLat | null {
  const box = boxOf([geometry]);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}
