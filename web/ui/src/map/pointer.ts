import type { Map as Maplibre, MapMouseEvent, PointLike } from "maplibre-gl";
import type { LngLat } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { members } from "./cluster.ts";
import { best, type Found, found, layerOf, nameOf } from "./pick.ts";
import { kindOf } from "./style.ts";
import type { MapView } from "./view.ts";

/** What the tooltip tells: the thing under the pointer, and where that is in px of the page. */
export interface Pointed {
  found: Found;
  x: number;
  y: number;
}

/** What lies over the records and answers for a place before they do, in px of the map. */
export interface Over {
  /** Whether something of its own was clicked. */
  click(xy: [number, number], reach: number): boolean;
  /** Whether the pointer is on something of its own; null: it has left. */
  move(xy: [number, number] | null): boolean;
}

const REACH = 5;
const TOUCH = 14;

/** Turns moves, clicks and keys on the map into what they mean. */
export class Pointer {
  private readonly app: App;
  private readonly view: MapView;
  private frame = 0;

  constructor(app: App, view: MapView) {
    this.app = app;
    this.view = view;
    const { map } = view;
    map.on("mousemove", (event) => this.moved(event));
    map.on("mouseout", () => this.left());
    map.on("movestart", () => this.left());
    map.on("click", (event) => this.clicked(event));
    map.on("dblclick", (event) => {
      if (app.store.now.tool === "measure") event.preventDefault();
    });
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && app.store.now.tool === "none")
        void this.open(view.camera.middle(), TOUCH);
    });
  }

  private moved(event: MapMouseEvent): void {
    const { x, y } = event.point;
    const position = event.lngLat.toArray() as LngLat;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      window.dispatchEvent(new CustomEvent("om-position", { detail: position }));
      if (this.app.store.now.tool !== "none" || this.view.map.isMoving()) return;
      if (this.view.over?.move([x, y])) {
        this.point(null);
        this.view.map.getCanvas().style.cursor = "pointer";
        return;
      }
      const [first] = this.at([x, y], REACH);
      this.point(first ? { found: first, x, y } : null);
    });
  }

  private point(pointed: Pointed | null): void {
    this.view.map.getCanvas().style.cursor =
      this.app.store.now.tool !== "none" ? "crosshair" : pointed ? "pointer" : "";
    const feature = pointed && !pointed.found.cluster ? pointed.found.feature.geometry : null;
    this.view.light(feature);
    const { left, top } = this.view.map.getContainer().getBoundingClientRect();
    const detail = pointed && { ...pointed, x: pointed.x + left, y: pointed.y + top };
    window.dispatchEvent(new CustomEvent("om-pointed", { detail }));
  }

  private left(): void {
    cancelAnimationFrame(this.frame);
    this.view.over?.move(null);
    this.point(null);
  }

  private clicked(event: MapMouseEvent): void {
    this.point(null);
    // What is being drawn has its own clicks.
    if (this.app.store.now.tool === "draw") return;
    if (this.app.store.now.tool === "measure") {
      const { path } = this.app.store.now;
      this.app.store.set({ path: [...path, event.lngLat.toArray() as LngLat] });
      return;
    }
    // What is clicked during an import belongs to the survey, not to the records below it.
    if (this.app.store.now.importing) return;
    const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
    void this.open([event.point.x, event.point.y], touch ? TOUCH : REACH);
  }

  /** Opens what is at a place: one record, a choice of several, or a ring's members. */
  private async open(xy: [number, number], reach: number): Promise<void> {
    if (this.view.over?.click(xy, reach)) return;
    const all = this.at(xy, reach);
    const top = best(all);
    const [first] = top;
    if (!first) {
      this.app.select(null);
      return;
    }
    if (first.cluster) {
      await this.part(first);
      return;
    }
    if (top.length === 1) {
      this.app.select({ layer: first.layer, id: first.id });
    } else {
      this.app.choose(top.slice(0, 50).map((f) => this.choice(f)));
    }
    requestAnimationFrame(() =>
      this.view.camera.reveal(this.view.map.unproject(xy).toArray() as LngLat),
    );
  }

  private choice(f: Found) {
    const layer = this.app.layer(f.layer);
    const by = layer?.style.by;
    const code = by ? f.feature.properties[by] : undefined;
    return {
      layer: f.layer,
      id: f.id,
      label: layer ? nameOf(layer, f.feature) : "",
      code: code === undefined || code === null ? undefined : String(code),
    };
  }

  // Zooms a ring to where its members part; those on one place are listed instead.
  private async part(ring: Found): Promise<void> {
    const layer = this.app.layer(ring.layer);
    const { geometry } = ring.feature;
    if (!layer || geometry.type !== "Point") return;
    const at = geometry.coordinates as LngLat;
    const zoom = this.view.map.getZoom();
    const filters = this.app.filtersOf(layer.id);
    const inside = await members(this.app.client, layer, filters, at, zoom);
    const last = (layer.thin?.until ?? layer.zoom.max) + 1;
    if (!inside || inside.onePlace) {
      this.view.camera.fly(at, Math.max(last, zoom + 1));
      return;
    }
    const camera = this.view.map.cameraForBounds(inside.box, { padding: 80 });
    const next = Math.min(last + 0.2, Math.max(zoom + 1, camera?.zoom ?? zoom + 2));
    const [w, s, e, n] = inside.box;
    this.view.camera.fly([(w + e) / 2, (s + n) / 2], next);
  }

  private at(xy: [number, number], reach: number): Found[] {
    return foundAt(this.app, this.view.map, xy, reach);
  }
}

/** The records within reach of a place, in px of the map; the best to click first. */
export function foundAt(app: App, map: Maplibre, [x, y]: [number, number], reach: number): Found[] {
  const layers = map
    .getStyle()
    .layers.map((l) => l.id)
    .filter((id) => answers(app, id));
  const box: [PointLike, PointLike] = [
    [x - reach, y - reach],
    [x + reach, y + reach],
  ];
  return found(map.queryRenderedFeatures(box, { layers }));
}

// Everything that is drawn from a record answers a click, but the ground does not.
function answers(app: App, id: string): boolean {
  const layer = layerOf(id);
  if (!app.layer(layer)) return false;
  return layer !== "admin_unit" || kindOf(id) === "label";
}
