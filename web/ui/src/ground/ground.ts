import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import near from "../../../../data/sample/surroundings.geojson?url";
import type { Palette } from "../map/palette.ts";
import far from "./far.geojson?url";

// The ground under everything: sea as the background, the neighbours' land muted. The city's
// own land is the lowest declared layer, admin_unit.

const absolute = (url: string) => new URL(url, window.location.href).href;

export function groundSources(): Record<string, SourceSpecification> {
  return {
    "ground-far": { type: "geojson", data: absolute(far), tolerance: 0.2 },
    "ground-near": { type: "geojson", data: absolute(near), tolerance: 0.2 },
  };
}

export function groundLayers(palette: Palette): LayerSpecification[] {
  const fill = (source: string): LayerSpecification => ({
    id: `${source}/land`,
    type: "fill",
    source,
    paint: { "fill-color": palette.outside },
  });
  // A seam of the same tint hides the joints between neighbouring outlines.
  const seam = (source: string): LayerSpecification => ({
    id: `${source}/seam`,
    type: "line",
    source,
    paint: { "line-color": palette.outside, "line-width": 1.2 },
  });
  return [
    { id: "background", type: "background", paint: { "background-color": palette.sea } },
    fill("ground-far"),
    seam("ground-far"),
    fill("ground-near"),
    seam("ground-near"),
  ];
}
