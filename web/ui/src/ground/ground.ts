import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Palette } from "../map/palette.ts";
import far from "./far.geojson?url";

// The ground under everything: sea as the background, and the coast far around, muted. The
// city's own land and its neighbours' are the lowest declared layer, admin_unit.

export function groundSources(): Record<string, SourceSpecification> {
  const data = new URL(far, window.location.href).href;
  return { "ground-far": { type: "geojson", data, tolerance: 0.2 } };
}

export function groundLayers(palette: Palette): LayerSpecification[] {
  return [
    { id: "background", type: "background", paint: { "background-color": palette.sea } },
    {
      id: "ground-far/land",
      type: "fill",
      source: "ground-far",
      paint: { "fill-color": palette.outside },
    },
    // A seam of the same tint hides the joints between outlines.
    {
      id: "ground-far/seam",
      type: "line",
      source: "ground-far",
      paint: { "line-color": palette.outside, "line-width": 1.5 },
    },
  ];
}
