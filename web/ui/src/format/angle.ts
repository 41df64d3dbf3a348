import type { LngLat } from "../api/types.ts";
import { project } from "../earth/gauss.ts";

/** The ways in which the page writes a position. */
export const SYSTEMS = ["degrees", "dms", "gk120", "gk123"] as const;
export type System = (typeof SYSTEMS)[number];

/** A position in the chosen way, such as 120.894000°E 31.980000°N or X 3 539 984 Y 584 497. */
export function position([lng, lat]: LngLat, system: System): string {
  switch (system) {
    case "degrees":
      return `${hemisphere(lng, "E", "W", (v) => `${v.toFixed(6)}°`)} ${hemisphere(lat, "N", "S", (v) => `${v.toFixed(6)}°`)}`;
    case "dms":
      return `${hemisphere(lng, "E", "W", dms)} ${hemisphere(lat, "N", "S", dms)}`;
    case "gk120":
      return grid([lng, lat], 120);
    case "gk123":
      return grid([lng, lat], 123);
  }
}

function hemisphere(v: number, plus: string, minus: string, write: (v: number) => string): string {
  return write(Math.abs(v)) + (v < 0 ? minus : plus);
}

/** Degrees, minutes and seconds to a hundredth of a second, about 0.3 m. */
export function dms(v: number): string {
  const hundredths = Math.round(v * 360_000);
  const seconds = (hundredths % 6_000) / 100;
  const minutes = Math.floor(hundredths / 6_000) % 60;
  const degrees = Math.floor(hundredths / 360_000);
  return `${degrees}°${String(minutes).padStart(2, "0")}′${seconds.toFixed(2).padStart(5, "0")}″`;
}

// By survey custom X is the northing and Y the easting.
function grid([lng, lat]: LngLat, meridian: number): string {
  const { northing, easting } = project(lng, lat, meridian);
  return `X ${northing.toFixed(1)} Y ${easting.toFixed(1)}`;
}
