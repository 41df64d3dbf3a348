import type { LngLat } from "../api/types.ts";
import { AREA } from "./colours.ts";
import type { Features } from "./features.ts";
import { ring } from "./shape.ts";
import type { Scenario } from "./types.ts";

/** One change of a scenario. */
export type Change =
  | { kind: "lost"; layer: string; id: number }
  | { kind: "added"; layer: string; place: LngLat; properties: Record<string, unknown> }
  | { kind: "moved"; layer: string; id: number; place: LngLat }
  | { kind: "closed"; id: number }
  | { kind: "area"; area: LngLat[] };

/** The layer whose records are closed. */
export const ROADS = "road";

/** A scenario's changes one by one. */
export function changesOf(s: Scenario): Change[] {
  return [
    ...(s.closed ?? []).flatMap((c): Change[] => [
      ...(c.ids ?? []).map((id): Change => ({ kind: "closed", id })),
      ...(c.area && c.area.length > 0 ? [{ kind: "area" as const, area: c.area }] : []),
    ]),
    ...(s.lost ?? []).flatMap((l) =>
      l.ids.map((id): Change => ({ kind: "lost", layer: l.layer, id })),
    ),
    ...(s.moved ?? []).map((m): Change => ({ kind: "moved", ...m })),
    ...(s.added ?? []).map(
      (a): Change => ({ kind: "added", ...a, properties: a.properties ?? {} }),
    ),
  ];
}

/** A scenario of some changes; of two of the same record the later counts. */
export function scenarioOf(name: string, changes: readonly Change[]): Scenario {
  const last = new Map(changes.map((c) => [keyOf(c), c]));
  const scenario: Scenario = { name };
  for (const c of last.values()) {
    switch (c.kind) {
      case "lost": {
        scenario.lost ??= [];
        const of = scenario.lost.find((l) => l.layer === c.layer);
        if (of) of.ids.push(c.id);
        else scenario.lost.push({ layer: c.layer, ids: [c.id] });
        break;
      }
      case "moved":
        scenario.moved ??= [];
        scenario.moved.push({ layer: c.layer, id: c.id, place: c.place });
        break;
      case "added":
        scenario.added ??= [];
        scenario.added.push({ layer: c.layer, place: c.place, properties: c.properties });
        break;
      case "closed": {
        scenario.closed ??= [];
        const ids = scenario.closed.find((x) => x.ids)?.ids;
        if (ids) ids.push(c.id);
        else scenario.closed.push({ ids: [c.id] });
        break;
      }
      case "area":
        scenario.closed ??= [];
        scenario.closed.push({ area: ring(c.area) });
    }
  }
  return scenario;
}

/** What tells a change from others: the record that it is of, or all that it says. */
export function keyOf(c: Change): string {
  if (c.kind === "lost" || c.kind === "moved") return `${c.layer}/${c.id}`;
  return c.kind === "closed" ? `${ROADS}/${c.id}` : JSON.stringify(c);
}

/** The changes as the map draws them; of records it knows the places of those given. */
export function changeFeatures(
  changes: readonly Change[],
  known: ReadonlyMap<string, GeoJSON.Geometry>,
): Features {
  const features: Features["features"] = [];
  const add = (geometry: GeoJSON.Geometry, key: string, label: string) =>
    features.push({
      type: "Feature",
      geometry,
      properties: { kind: "draft", colour: AREA, key, label, title: "", note: "", rank: 0 },
    });
  for (const c of changes) {
    const key = keyOf(c);
    const was = known.get(key);
    if (c.kind === "area") add({ type: "Polygon", coordinates: [ring(c.area)] }, key, "");
    else if (c.kind === "added") add({ type: "Point", coordinates: c.place }, key, "+");
    else if (c.kind === "moved") {
      if (was?.type === "Point") {
        add({ type: "LineString", coordinates: [was.coordinates, c.place] }, key, "");
        add(was, key, "");
      }
      add({ type: "Point", coordinates: c.place }, key, "→");
    } else if (was) {
      add(was, key, was.type === "Point" ? "×" : "");
      const at = halfway(was);
      if (at) add({ type: "Point", coordinates: at }, key, "×");
    }
  }
  return { type: "FeatureCollection", features };
}

// Where the cross of a closed road stands: at its middle vertex, or between two.
function halfway(g: GeoJSON.Geometry): GeoJSON.Position | null {
  const line =
    g.type === "LineString"
      ? g.coordinates
      : g.type === "MultiLineString"
        ? (g.coordinates[0] ?? [])
        : [];
  const [a, b] = [line[Math.floor((line.length - 1) / 2)], line[Math.ceil((line.length - 1) / 2)]];
  if (!a || !b) return null;
  return [((a[0] ?? 0) + (b[0] ?? 0)) / 2, ((a[1] ?? 0) + (b[1] ?? 0)) / 2];
}
