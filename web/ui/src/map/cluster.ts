import type { Client, Filters } from "../api/client.ts";
import type { Box, LayerInfo, LngLat } from "../api/types.ts";

/** The box of the cell that gathered a point, in degrees: the grid of the layer's tiles. */
export function cellBox([lng, lat]: LngLat, zoom: number, cells: number): Box {
  const n = 2 ** Math.floor(zoom) * cells;
  const x = Math.floor(((lng + 180) / 360) * n);
  const sin = Math.sin((lat * Math.PI) / 180);
  const y = Math.floor((0.5 - Math.atanh(sin) / (2 * Math.PI)) * n);
  const west = (x / n) * 360 - 180;
  const edge = (row: number) =>
    (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / n))) * 180) / Math.PI;
  return [west, edge(y + 1), west + 360 / n, edge(y)];
}

/** The box around all positions of some geometries, or null when there is none. */
export function extent(geometries: readonly (GeoJSON.Geometry | null)[]): Box | null {
  const box: Box = [180, 90, -180, -90];
  for (const geometry of geometries) if (geometry) widen(box, geometry);
  return box[0] > box[2] ? null : box;
}

function widen(box: Box, geometry: GeoJSON.Geometry): void {
  if (geometry.type === "GeometryCollection") {
    for (const g of geometry.geometries) widen(box, g);
    return;
  }
  const stack: unknown[] = [geometry.coordinates];
  while (stack.length > 0) {
    const top = stack.pop() as unknown[];
    if (typeof top[0] === "number") {
      const [x, y] = top as LngLat;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    } else stack.push(...top);
  }
}

/**
 * Where the members of a ring lie, from up to 200 of them; null when the server does not
 * say. One point for all of them gives a box without width.
 */
export async function members(
  client: Client,
  layer: LayerInfo,
  filters: Filters,
  at: LngLat,
  zoom: number,
): Promise<{ box: Box; onePlace: boolean } | null> {
  const cell = cellBox(at, Math.min(zoom, layer.zoom.max), layer.thin?.cells ?? 8);
  const bbox = cell.map((v) => v.toFixed(7)).join(",");
  try {
    const page = await client.items(layer.id, filters, { bbox, limit: 200 });
    const box = extent(page.features.map((f) => f.geometry));
    if (!box) return null;
    const onePlace = box[2] - box[0] < 1e-6 && box[3] - box[1] < 1e-6;
    return { box, onePlace };
  } catch {
    return null;
  }
}
