import type { LngLat } from "../api/types.ts";
import { say } from "../i18n/t.ts";
import { bandColour, FAINT, GAP, ROW, WAY } from "./colours.ts";
import { rowOn, type Side, shapeOn } from "./compare.ts";
import { positions } from "./shape.ts";
import type { Answer, Drawing, Row, Table } from "./types.ts";
import { measures, nameOf, withUnit } from "./value.ts";

/** What the map is told of each thing that an answer draws. */
export interface Drawn {
  /** row, or the role of a shape. */
  kind: string;
  colour: string;
  /** A row by its table's and its own number (0/3), a shape by its number. */
  key: string;
  /** Its number in the open list; empty for all else. */
  label: string;
  /** What a word beside the pointer says. */
  title: string;
  note: string;
  rank: number;
}

export type Features = GeoJSON.FeatureCollection<GeoJSON.Geometry, Drawn>;

/** How many rows of a list are drawn with their numbers; more would cover each other. */
const NUMBERED = 20;

/** How many rows of a list are drawn at all. */
const MOST = 5_000;

/**
 * The shapes of an answer, or of one side of a comparison, the farthest bands first so that
 * the nearer lie on them.
 */
export function shapeFeatures(answer: Answer, side: Side | null = null): Features {
  const limits = bandsOf(answer);
  const features = answer.shapes.flatMap((s, i): Features["features"] => {
    if (!s.geometry || !shapeOn(s, side)) return [];
    const value = s.value === undefined ? "" : withUnit(s.value, s.unit);
    const properties: Drawn = {
      kind: s.role,
      colour: colourOf(s, limits),
      key: String(i),
      label: "",
      title: say(s.title),
      note: value && s.role === "band" ? `≤ ${value}` : value,
      rank: s.role === "band" ? 1_000 - limits.indexOf(s.value ?? 0) : 2_000 + i,
    };
    return [{ type: "Feature", geometry: s.geometry, properties }];
  });
  features.sort((a, b) => a.properties.rank - b.properties.rank);
  return { type: "FeatureCollection", features };
}

/** The upper limits of an answer's bands, the lowest first. */
export function bandsOf(answer: Answer): number[] {
  const values = answer.shapes.filter((s) => s.role === "band").map((s) => s.value ?? 0);
  return [...new Set(values)].sort((a, b) => a - b);
}

/** The colour that a shape is drawn in; its own where it has one. */
export function colourOf(shape: Drawing, limits: readonly number[]): string {
  if (shape.colour) return shape.colour;
  if (shape.role === "band") return bandColour(limits.indexOf(shape.value ?? 0), limits.length);
  return shape.role === "gap" ? GAP : WAY;
}

/**
 * The rows of an answer, or of one side of a comparison, that have a place; those of the open
 * table on top with their numbers.
 */
export function rowFeatures(answer: Answer, open: number, side: Side | null = null): Features {
  // Rows of closed tables would lie on the gaps that they are the members of.
  const gaps = answer.shapes.some((s) => s.role === "gap");
  const drawn = (t: number) => t === open || !gaps;
  const features = answer.tables.flatMap((table, t) =>
    (drawn(t) ? table.rows : []).slice(0, MOST).flatMap((row, r): Features["features"] => {
      if (!row.geometry || !rowOn(table, row, side)) return [];
      const here = t === open;
      const properties: Drawn = {
        kind: "row",
        colour: here ? ROW : FAINT,
        key: `${t}/${r}`,
        label: here && r < NUMBERED ? String(r + 1) : "",
        title: nameOf(table, row),
        note: measures(table, row).join(" · "),
        rank: here ? 10_000 - r : 0,
      };
      return [{ type: "Feature", geometry: row.geometry, properties }];
    }),
  );
  return { type: "FeatureCollection", features };
}

/** The way to a row's record among an answer's shapes: of its name, ending nearest to it. */
export function wayOf(answer: Answer, table: Table, row: Row): GeoJSON.Geometry | null {
  if (!row.geometry) return null;
  if (row.geometry.type.endsWith("LineString")) return row.geometry;
  const name = nameOf(table, row);
  const place = endsOf(row.geometry)[0];
  if (!place) return null;
  let best: GeoJSON.Geometry | null = null;
  let least = Infinity;
  for (const { role, title, geometry } of answer.shapes) {
    if (role !== "way" || !geometry || (title.zh !== name && title.en !== name)) continue;
    for (const [x, y] of endsOf(geometry)) {
      const away = Math.hypot((x - place[0]) * Math.cos((y * Math.PI) / 180), y - place[1]);
      if (away < least) [best, least] = [geometry, away];
    }
  }
  return best;
}

function endsOf(geometry: GeoJSON.Geometry): LngLat[] {
  const all: LngLat[] = [];
  positions(geometry, (p) => all.push(p));
  const [first, last] = [all[0], all.at(-1)];
  return first && last ? [first, last] : [];
}

/** A row and, where there is one, the way to it, as one thing to light up. */
export function lit(answer: Answer, table: Table, row: Row): GeoJSON.Geometry | null {
  const way = wayOf(answer, table, row);
  if (!row.geometry || !way || way === row.geometry) return row.geometry ?? null;
  return { type: "GeometryCollection", geometries: [way, row.geometry] };
}
