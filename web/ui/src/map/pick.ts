import type { MapGeoJSONFeature } from "maplibre-gl";
import type { LayerInfo } from "../api/types.ts";

/** What lies under the pointer, told apart by layer and id. */
export interface Found {
  layer: string;
  id: number;
  cluster: boolean;
  feature: MapGeoJSONFeature;
}

/** The layer that a style layer draws, from its name `<layer>/<kind>`. */
export function layerOf(styleLayer: string): string {
  return styleLayer.split("/")[0] ?? styleLayer;
}

// Small things lie on large ones, so they win: rings, points, lines, areas.
function rank(feature: MapGeoJSONFeature): number {
  if (feature.properties.cluster) return 0;
  const { type } = feature.geometry;
  if (type.endsWith("Point")) return 1;
  return type.endsWith("LineString") ? 2 : 3;
}

/** Each thing once, the best to click first; among equals the order on the map. */
export function found(features: readonly MapGeoJSONFeature[]): Found[] {
  const seen = new Map<string, Found & { rank: number }>();
  for (const feature of features) {
    const layer = layerOf(feature.layer.id);
    if (typeof feature.id !== "number") continue;
    const key = `${layer}/${feature.id}`;
    const r = rank(feature);
    const before = seen.get(key);
    if (before && before.rank <= r) continue;
    const cluster = Boolean(feature.properties.cluster);
    seen.set(key, { layer, id: feature.id, cluster, feature, rank: r });
  }
  return [...seen.values()].sort((a, b) => a.rank - b.rank);
}

/** Those of the best kind: what a click means when several things lie together. */
export function best(all: readonly Found[]): Found[] {
  const [first] = all;
  if (!first) return [];
  const top = rank(first.feature);
  return all.filter((f) => rank(f.feature) === top);
}

/** The name of a thing as far as its tile tells. */
export function nameOf(layer: LayerInfo, feature: MapGeoJSONFeature): string {
  const value = layer.label ? feature.properties[layer.label] : undefined;
  return value === undefined || value === null ? "" : String(value);
}
