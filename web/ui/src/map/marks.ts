import type { GeoJSONSource, LayerSpecification, Map as Maplibre } from "maplibre-gl";
import type { LngLat } from "../api/types.ts";
import { ACCENT } from "./palette.ts";

// What the page itself draws over the data: the selected thing, the thing under the
// pointer, and the line that is being measured.

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const SOURCES = ["mark", "hover", "measure"] as const;
type Name = (typeof SOURCES)[number];

export function addMarks(map: Maplibre): void {
  for (const name of SOURCES) {
    if (!map.getSource(name)) map.addSource(name, { type: "geojson", data: EMPTY });
  }
  for (const layer of layers()) if (!map.getLayer(layer.id)) map.addLayer(layer);
}

export function setMark(map: Maplibre, name: Name, geometry: GeoJSON.Geometry | null): void {
  const source = map.getSource(name) as GeoJSONSource | undefined;
  source?.setData(
    geometry ? { type: "Feature", properties: {}, geometry } : structuredClone(EMPTY),
  );
}

export function setMeasure(map: Maplibre, path: readonly LngLat[]): void {
  const source = map.getSource("measure") as GeoJSONSource | undefined;
  const line: GeoJSON.Feature = {
    type: "Feature",
    properties: {},
    geometry: { type: "LineString", coordinates: [...path] },
  };
  const points: GeoJSON.Feature = {
    type: "Feature",
    properties: {},
    geometry: { type: "MultiPoint", coordinates: [...path] },
  };
  source?.setData({
    type: "FeatureCollection",
    features: path.length > 1 ? [line, points] : path.length === 1 ? [points] : [],
  });
}

function layers(): LayerSpecification[] {
  const area: ["match", unknown, string[], boolean, boolean] = [
    "match",
    ["geometry-type"],
    ["Point", "MultiPoint"],
    false,
    true,
  ];
  const point: ["match", unknown, string[], boolean, boolean] = [
    "match",
    ["geometry-type"],
    ["Point", "MultiPoint"],
    true,
    false,
  ];
  const line = (id: string, source: Name, colour: string, width: number): LayerSpecification => ({
    id,
    type: "line",
    source,
    filter: area as never,
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour, "line-width": width },
  });
  const circle = (
    id: string,
    source: Name,
    radius: number,
    colour: string,
    width: number,
  ): LayerSpecification => ({
    id,
    type: "circle",
    source,
    filter: point as never,
    paint: {
      "circle-radius": radius,
      "circle-color": "rgba(0,0,0,0)",
      "circle-stroke-color": colour,
      "circle-stroke-width": width,
    },
  });
  return [
    line("hover/line", "hover", "#10222c", 2),
    circle("hover/point", "hover", 14, "#10222c", 2),
    line("mark/case", "mark", "#ffffff", 6),
    line("mark/line", "mark", ACCENT, 3),
    circle("mark/ring-case", "mark", 16, "#ffffff", 6),
    circle("mark/ring", "mark", 16, ACCENT, 3),
    line("measure/case", "measure", "#ffffff", 5),
    line("measure/line", "measure", "#10222c", 2),
    {
      id: "measure/point",
      type: "circle",
      source: "measure",
      filter: point as never,
      paint: {
        "circle-radius": 4,
        "circle-color": "#ffffff",
        "circle-stroke-color": "#10222c",
        "circle-stroke-width": 2,
      },
    },
  ];
}
