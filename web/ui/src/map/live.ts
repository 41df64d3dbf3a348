import type { Map as Maplibre } from "maplibre-gl";
import type { App } from "../app/app.ts";

/** How often, at most, the figures follow the changes; ms. */
const FIGURES = 2_000;

/** How long to wait for tiles of a layer that are on their way; ms. */
const PAUSE = 50;

/** A tile by its place. */
export type Tile = { z: number; x: number; y: number };

/** Which tiles of a layer changed, as the server tells: z/x/y, or * for all. */
type Changed = Record<string, readonly string[]>;

/**
 * Follows the server's word on what changes and has the map load those tiles anew that
 * it shows, and no others. The connection comes back by itself; the server then says
 * whether anything was missed. To be called before the map asks for its first tile.
 */
export function followChanges(app: App, map: Maplibre): () => void {
  if (typeof EventSource === "undefined") return () => {};
  const source = new EventSource("/events");
  const due = new Map<string, Set<string>>();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let figures: ReturnType<typeof setTimeout> | undefined;
  // A tile on its way may be from before the change, and the map would not ask for it once
  // more: the layer waits until it is there.
  const refresh = () => {
    waiting = undefined;
    for (const [layer, tiles] of due) {
      if (!map.getSource(layer) || !map.isSourceLoaded(layer)) continue;
      due.delete(layer);
      if (tiles.has("*")) map.refreshTiles(layer);
      else map.refreshTiles(layer, shown(map, [...tiles]));
    }
    if (due.size > 0) waiting = setTimeout(refresh, PAUSE);
  };
  source.addEventListener("changed", (event) => {
    const changed = JSON.parse((event as MessageEvent<string>).data) as Changed;
    for (const [layer, tiles] of Object.entries(changed)) {
      if (app.layer(layer)) due.set(layer, new Set([...(due.get(layer) ?? []), ...tiles]));
    }
    if (waiting === undefined) refresh();
    figures ??= setTimeout(() => {
      figures = undefined;
      app.store.set({ news: app.store.now.news + 1 });
    }, FIGURES);
  });
  return () => {
    clearTimeout(waiting);
    clearTimeout(figures);
    source.close();
  };
}

/** The tiles in view, of any zoom that may be loaded, that lie above or below changed ones. */
function shown(map: Maplibre, changed: readonly string[]): Tile[] {
  const bounds = map.getBounds();
  const box: Box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const deepest = Math.ceil(map.getZoom());
  return related(changed.map(parse), box, deepest);
}

type Box = [west: number, south: number, east: number, north: number];

function parse(name: string): Tile {
  const [z = 0, x = 0, y = 0] = name.split("/").map(Number);
  return { z, x, y };
}

/**
 * The tiles above changed ones, and those below them as far as they touch a box, down to
 * a zoom.
 */
export function related(changed: readonly Tile[], box: Box, deepest: number): Tile[] {
  const found = new Map<string, Tile>();
  const add = (t: Tile) => found.set(`${t.z}/${t.x}/${t.y}`, t);
  for (const tile of changed) {
    for (let up = tile; ; up = { z: up.z - 1, x: up.x >> 1, y: up.y >> 1 }) {
      add(up);
      if (up.z === 0) break;
    }
    for (let z = tile.z + 1; z <= deepest; z++) {
      const side = 2 ** (z - tile.z);
      const [x0, y0] = place(box[0], box[3], z);
      const [x1, y1] = place(box[2], box[1], z);
      for (let x = Math.max(x0, tile.x * side); x <= Math.min(x1, tile.x * side + side - 1); x++) {
        for (
          let y = Math.max(y0, tile.y * side);
          y <= Math.min(y1, tile.y * side + side - 1);
          y++
        ) {
          add({ z, x, y });
        }
      }
    }
  }
  return [...found.values()];
}

/** Column and row of the tile of a zoom that holds a place. */
function place(lng: number, lat: number, z: number): [number, number] {
  const n = 2 ** z;
  const phi = (Math.max(-85, Math.min(85, lat)) * Math.PI) / 180;
  const x = Math.floor(((lng + 180) / 360) * n);
  const y = Math.floor(((1 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / Math.PI) / 2) * n);
  return [x, y];
}
