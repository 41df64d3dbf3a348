import type {
  GeoJSONSource,
  LayerSpecification,
  LineLayerSpecification,
  MapLayerMouseEvent,
  Map as Maplibre,
} from "maplibre-gl";
import type { Box, LngLat } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { density } from "../map/draw.ts";
import { CANDIDATES, COLOURS, drawArrow, drawLetter, drawMark, type Mark } from "./marks.ts";
import type { Candidate, Difference, Severity } from "./types.ts";

const SOURCE = "survey";
const POINT = "survey/point";
const VEIL = "survey/veil";

export type Features = GeoJSON.FeatureCollection<
  GeoJSON.Geometry,
  { icon: string; key: string; rank: number; link?: boolean }
>;

/** Degrees within which the places of one record are looked at closely. */
const NEAR = 0.05;

const EMPTY: Features = { type: "FeatureCollection", features: [] };

/** What an import draws over the map: candidates, faults or differences, one kind at a time. */
export class Overlay {
  /** Told when a mark on the map is clicked, by its key. */
  picked: ((key: string) => void) | null = null;
  private readonly app: App;
  private features: Features = EMPTY;
  private bound: Maplibre | null = null;
  private readonly keep = () => this.ensure();
  private readonly click = (event: MapLayerMouseEvent) => {
    // Of several at one place the gravest is meant.
    const [top] = [...(event.features ?? [])].sort(
      (a, b) => Number(b.properties.rank) - Number(a.properties.rank),
    );
    const key = top?.properties.key;
    if (typeof key === "string") this.picked?.(key);
  };

  constructor(app: App) {
    this.app = app;
    void this.start();
  }

  private async start(): Promise<void> {
    const view = this.app.map;
    if (!view) return;
    await view.ready;
    if (this.bound !== null || this.gone) return;
    this.bound = view.map;
    view.map.on("styledata", this.keep);
    view.map.on("click", POINT, this.click);
    this.ensure();
  }

  private gone = false;
  private veiled = false;

  /** Draws these in place of what was there; veiled, what is published steps back behind them. */
  show(features: Features, veiled = true): void {
    this.features = features;
    this.veiled = veiled && features.features.length > 0;
    if (!this.bound) void this.start();
    else this.ensure(true);
  }

  clear(): void {
    this.show(EMPTY);
    this.app.map?.mark(null);
  }

  /** Rings one place, and pans so far that it is in sight. */
  mark(place: LngLat | null, go = true): void {
    const { map } = this.app;
    map?.mark(place ? { type: "Point", coordinates: place } : null);
    if (!place || !map || !go) return;
    if (map.map.getZoom() < 11) map.camera.fly(place, 13);
    else map.camera.reveal(place);
  }

  /** Moves the map to what is drawn where nothing, or with all where not all, is in sight. */
  fit(all = false): void {
    const box = boxOf(this.inCity());
    const { camera } = this.app.map ?? {};
    if (!box || !camera) return;
    const [w, s, e, n] = camera.box();
    const seen = (f: Features["features"][number]) => {
      if (f.geometry.type !== "Point") return false;
      const [x, y] = f.geometry.coordinates as LngLat;
      return x > w && x < e && y > s && y < n;
    };
    const points = this.features.features.filter((f) => f.geometry.type === "Point");
    if (!(all ? points.every(seen) : points.some(seen))) camera.fit(box, 14);
  }

  // What lies far off, as a mistyped position does, does not draw the map away from the city.
  private inCity(): Features {
    const bounds = this.app.store.now.page?.city.bounds;
    if (!bounds) return this.features;
    const [w, s, e, n] = bounds;
    const features = this.features.features.filter(({ geometry }) => {
      if (geometry.type !== "Point") return false;
      const [x, y] = geometry.coordinates as LngLat;
      return x >= w && x <= e && y >= s && y <= n;
    });
    return features.length > 0 ? { ...this.features, features } : this.features;
  }

  /** Moves the map to where a record lies by each candidate, or to all where these are far apart. */
  near(list: readonly Candidate[], row: number | undefined): void {
    const box = boxOf(candidates(list, null, row));
    if (box && box[2] - box[0] < NEAR && box[3] - box[1] < NEAR) {
      this.app.map?.camera.fit(box, 14);
    } else this.fit(true);
  }

  remove(): void {
    this.gone = true;
    const map = this.bound;
    this.app.map?.mark(null);
    if (!map) return;
    map.off("styledata", this.keep);
    map.off("click", POINT, this.click);
    for (const { id } of layers()) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  }

  // A new style, as after a change of language, forgets what was added; it is added anew.
  private ensure(fresh = false): void {
    const map = this.bound;
    if (!map?.getStyle()) return;
    const source = map.getSource(SOURCE) as GeoJSONSource | undefined;
    if (source) {
      if (fresh) source.setData(this.features);
    } else {
      map.addSource(SOURCE, { type: "geojson", data: this.features, tolerance: 0 });
    }
    for (const [id, draw] of images()) {
      if (!map.hasImage(id)) map.addImage(id, draw(), { pixelRatio: density() });
    }
    const below = map.getLayer("mark/case") ? "mark/case" : undefined;
    for (const layer of layers()) if (!map.getLayer(layer.id)) map.addLayer(layer, below);
    const veiled = this.veiled ? "visible" : "none";
    if (map.getLayoutProperty(VEIL, "visibility") !== veiled) {
      map.setLayoutProperty(VEIL, "visibility", veiled);
    }
  }
}

function images(): [string, () => ImageData][] {
  const marks = (Object.keys(COLOURS) as Mark[]).map((m): [string, () => ImageData] => [
    `survey-${m}`,
    () => drawMark(m),
  ]);
  const letters = CANDIDATES.map((_, i): [string, () => ImageData] => [
    `survey-candidate-${i}`,
    () => drawLetter(i),
  ]);
  return [...marks, ...letters, ["survey-arrow", drawArrow]];
}

function layers(): LayerSpecification[] {
  const line = (
    id: string,
    link: boolean,
    paint: LineLayerSpecification["paint"],
  ): LayerSpecification => ({
    id,
    type: "line",
    source: SOURCE,
    filter: [
      "all",
      ["==", ["geometry-type"], "LineString"],
      [link ? "==" : "!=", ["get", "link"], true],
    ],
    layout: { "line-cap": link ? "butt" : "round" },
    ...(paint ? { paint } : {}),
  });
  return [
    {
      id: VEIL,
      type: "background",
      layout: { visibility: "none" },
      paint: { "background-color": "#f6f5f0", "background-opacity": 0.5 },
    },
    line("survey/link", true, {
      "line-color": "#4a5560",
      "line-width": 1.5,
      "line-dasharray": [3, 2],
    }),
    line("survey/case", false, { "line-color": "#ffffff", "line-width": 5 }),
    line("survey/line", false, { "line-color": COLOURS.moved, "line-width": 2.4 }),
    {
      id: POINT,
      type: "symbol",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-rotate": ["coalesce", ["get", "turn"], 0],
        "symbol-sort-key": ["get", "rank"],
      },
    },
  ];
}

/** The faults as marks by their severity, errors on top. */
export function faults(places: GeoJSON.FeatureCollection<GeoJSON.Point>): Features {
  const ranks: Record<string, number> = { notice: 0, warning: 1, error: 2 };
  return {
    type: "FeatureCollection",
    features: places.features.map((f) => {
      const severity = f.properties?.severity as Severity;
      return mark(f.geometry.coordinates as LngLat, `survey-${severity}`, String(f.id), {
        rank: ranks[severity] ?? 0,
      });
    }),
  };
}

/**
 * The examples of candidates, each with its letter, and a line between the places of the
 * same record; only those of one candidate, or of one row, where they are given.
 */
export function candidates(
  list: readonly Candidate[],
  only: number | null,
  row?: number,
): Features {
  const marks = list.flatMap((candidate, i) =>
    only !== null && only !== i
      ? []
      : (candidate.examples ?? [])
          .filter((e) => row === undefined || e.Row === row)
          .map((e) =>
            mark(e.Place, `survey-candidate-${i % CANDIDATES.length}`, String(i), { rank: -i }),
          ),
  );
  const links = (only === null ? rowsOf(list) : []).map((r): Features["features"][number] => ({
    type: "Feature",
    properties: { icon: "", key: `row ${r}`, rank: 0, link: true },
    geometry: {
      type: "LineString",
      coordinates: list.flatMap((c) =>
        (c.examples ?? []).filter((e) => e.Row === r).map((e) => e.Place),
      ),
    },
  }));
  return { type: "FeatureCollection", features: [...links, ...marks] };
}

/** The rows of the examples that more than one candidate has. */
export function rowsOf(list: readonly Candidate[]): number[] {
  const all = list.flatMap((c) => (c.examples ?? []).map((e) => e.Row));
  return [...new Set(all.filter((row, i) => all.indexOf(row) !== i))].sort((a, b) => a - b);
}

/** A difference's kind as it is drawn: a changed record that went elsewhere has moved. */
export function kindOf(d: Difference): Mark {
  return d.kind === "changed" && d.moved > 1 && d.old && d.new ? "moved" : d.kind;
}

/** Differences: plus, hollow disc, arrow from the old place to the new, dot. */
export function differences(list: readonly Difference[]): Features {
  return {
    type: "FeatureCollection",
    features: list.flatMap((d) => {
      const kind = kindOf(d);
      if (kind === "moved" && d.old && d.new) {
        const line: Features["features"][number] = {
          type: "Feature",
          properties: { icon: "", key: d.key, rank: 0 },
          geometry: { type: "LineString", coordinates: [d.old, d.new] },
        };
        return [
          line,
          mark(d.old, "survey-moved", d.key, { rank: 1 }),
          mark(d.new, "survey-arrow", d.key, { rank: 2, turn: turn(d.old, d.new) }),
        ];
      }
      const place = d.new ?? d.old;
      return place ? [mark(place, `survey-${kind}`, d.key, { rank: kind === "gone" ? 3 : 1 })] : [];
    }),
  };
}

/** By how many degrees clockwise an arrow that points east is turned to point along. */
export function turn([x0, y0]: LngLat, [x1, y1]: LngLat): number {
  const north = (lat: number) => Math.asinh(Math.tan((lat * Math.PI) / 180));
  const dx = ((x1 - x0) * Math.PI) / 180;
  return (-Math.atan2(north(y1) - north(y0), dx) * 180) / Math.PI;
}

function mark(
  at: LngLat,
  icon: string,
  key: string,
  more: { rank: number; turn?: number },
): Features["features"][number] {
  return {
    type: "Feature",
    properties: { icon, key, ...more },
    geometry: { type: "Point", coordinates: at },
  };
}

/** The box around all that is drawn; null when that is nothing. */
export function boxOf(features: Features): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of features.features) {
    if (geometry.type !== "Point") continue;
    const [x, y] = geometry.coordinates as LngLat;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box[0] <= box[2] ? box : null;
}
