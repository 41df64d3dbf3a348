import type { Map as Maplibre } from "maplibre-gl";
import {
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawLineStringMode,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import type { LngLat } from "../api/types.ts";
import { AREA } from "./colours.ts";
import type { Form } from "./shape.ts";
import type { Shape } from "./types.ts";

// This file is fetched when something is first drawn.

const HEX = AREA as `#${string}`;

/** Lets a person draw one shape on the map. */
export class Sketch {
  private readonly draw: TerraDraw;
  private center: LngLat | null = null;

  /** Begins at once; finished is told the shape, after which the sketch is gone. */
  constructor(map: Maplibre, form: Form, finished: (shape: Shape) => void) {
    const line = { lineStringColor: HEX, lineStringWidth: 3 } as const;
    const area = { fillColor: HEX, fillOpacity: 0.08, outlineColor: HEX, outlineWidth: 2 } as const;
    const keyEvents = { cancel: null, finish: "Enter" } as const;
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: "sketch", coordinatePrecision: 7 }),
      modes: [
        new TerraDrawPointMode({ styles: { pointColor: HEX, pointWidth: 6 } }),
        new TerraDrawLineStringMode({ styles: line, keyEvents }),
        new TerraDrawPolygonMode({ styles: area, keyEvents }),
        new TerraDrawCircleMode({ styles: area, keyEvents }),
      ],
    });
    this.draw.start();
    this.draw.setMode(form === "line" ? "linestring" : form);
    // A circle begins as a dot of a centimetre at its middle.
    this.draw.on("change", (ids, type) => {
      if (form !== "circle" || type !== "create" || ids[0] === undefined) return;
      const geometry = this.draw.getSnapshotFeature(ids[0])?.geometry;
      if (geometry?.type === "Polygon") this.center = geometry.coordinates[0]?.[0] as LngLat;
    });
    this.draw.on("finish", (id) => {
      const feature = this.draw.getSnapshotFeature(id);
      const radius = Number(feature?.properties.radiusKilometers) * 1_000;
      const shape = feature && this.shape(feature.geometry, radius);
      // The library is still within its own event.
      setTimeout(() => {
        this.stop();
        if (shape) finished(shape);
      });
    });
  }

  stop(): void {
    if (this.draw.enabled) this.draw.stop();
  }

  private shape(geometry: GeoJSON.Geometry, radius: number): Shape | null {
    if (!this.center || !(radius > 0)) return geometry;
    return {
      type: "Circle",
      coordinates: [round(this.center[0]), round(this.center[1])],
      radius: radius < 1_000 ? Math.ceil(radius) : Math.round(radius / 10) * 10,
    };
  }
}

// To a decimal centimetre.
function round(v: number): number {
  return Number(v.toFixed(7));
}
