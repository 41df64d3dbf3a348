import type { Map as Maplibre } from "maplibre-gl";
import type { Box, LngLat } from "../api/types.ts";
import type { View } from "../app/state.ts";
import { freeBox, type Insets, insets, nudge, offset } from "./insets.ts";

const reduced = window.matchMedia("(prefers-reduced-motion: reduce)");

/** True where the person asked for less motion. */
export function calm(): boolean {
  return reduced.matches;
}

/** Moves the map so that what is gone to is never under a panel. */
export class Camera {
  private readonly map: Maplibre;
  private readonly city: Box;

  constructor(map: Maplibre, city: Box) {
    this.map = map;
    this.city = city;
  }

  /** The free part of the map in degrees. */
  box(): Box {
    const size = this.size();
    return freeBox(this.covered(true), size, (xy) => this.map.unproject(xy).toArray() as LngLat);
  }

  // What lies over the map, wherever in the page that is.
  private covered(lasting = false): Insets {
    return insets(this.map.getContainer().getBoundingClientRect(), lasting);
  }

  size(): { width: number; height: number } {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    return { width, height };
  }

  jump(view: View): void {
    this.map.jumpTo({ center: [view.lng, view.lat], zoom: view.zoom });
  }

  /** Goes to a point so that it ends in the middle of what is free. */
  fly(point: LngLat, zoom: number): void {
    this.map.easeTo({
      center: point,
      zoom,
      offset: offset(this.covered()),
      duration: calm() ? 0 : 180,
    });
  }

  fit(box: Box, maxZoom = 17, moving = true): void {
    const i = this.covered();
    const pad = 16;
    const padding = {
      left: i.left + pad,
      right: i.right + pad,
      top: i.top + pad,
      bottom: i.bottom + pad,
    };
    const camera = this.map.cameraForBounds(box, { padding, maxZoom });
    if (!camera) return;
    if (moving) this.map.easeTo({ ...camera, duration: calm() ? 0 : 180 });
    else this.map.jumpTo(camera);
  }

  home(moving = true): void {
    this.fit(this.city, 17, moving);
  }

  zoomBy(by: number): void {
    const zoom = Math.round(this.map.getZoom() + by);
    const around = this.map.unproject(this.middle());
    this.map.easeTo({ zoom, around, duration: calm() ? 0 : 150 });
  }

  /** The middle of what is free, in px. */
  middle(): [number, number] {
    const { width, height } = this.size();
    const [dx, dy] = offset(this.covered());
    return [width / 2 + dx, height / 2 + dy];
  }

  /** Pans just so far that a point is free of panels; not at all when it is already. */
  reveal(point: LngLat): void {
    const by = nudge(this.map.project(point), this.covered(), this.size());
    if (by) this.map.panBy(by, { duration: calm() ? 0 : 180 });
  }
}
