import type { LngLat } from "../api/types.ts";
import { unproject } from "../earth/gauss.ts";
import { position, type System } from "../format/angle.ts";
import { inChina } from "../format/coordinates.ts";

const ALLOWED = /^[\s\d.,，;；:=°度′'’分″"”秒NSEWXY+]*$/i;

/**
 * Reads a typed position: degrees (120.894, 31.98), degrees, minutes and seconds
 * (120°53′38.4″E 31°58′48″N, signs may be left out), or metres of a Gauss–Krüger system,
 * with or without the zone in front of the easting. Which number is which is told by its
 * size; the meridian by the zone, else by the chosen system. Null for anything else.
 */
export function readPosition(text: string, system: System): LngLat | null {
  if (!ALLOWED.test(text)) return null;
  const numbers = text.match(/\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  if (numbers.length === 2) {
    const [a, b] = numbers as [number, number];
    return a > 180 || b > 180 ? grid(a, b, system) : pair(a, b);
  }
  if (numbers.length === 4 || numbers.length === 6) return minutes(numbers);
  return null;
}

function pair(a: number, b: number): LngLat | null {
  if (inChina(a, b)) return [a, b];
  return inChina(b, a) ? [b, a] : null;
}

function minutes(numbers: readonly number[]): LngLat | null {
  const half = numbers.length / 2;
  const parts = [numbers.slice(0, half), numbers.slice(half)];
  if (parts.some((p) => p.slice(1).some((v) => v >= 60))) return null;
  const [a, b] = parts.map(([d = 0, m = 0, s = 0]) => d + m / 60 + s / 3600);
  return a === undefined || b === undefined ? null : pair(a, b);
}

// The northing is the larger one, unless the easting carries its zone.
function grid(a: number, b: number, system: System): LngLat | null {
  const zoned = [a, b].find((v) => v >= 1e7);
  const northing = zoned === undefined ? Math.max(a, b) : zoned === a ? b : a;
  const full = zoned ?? Math.min(a, b);
  const zone = Math.floor(full / 1e6);
  const meridian = zoned === undefined ? (system === "gk123" ? 123 : 120) : meridianOf(zone);
  if (meridian === null) return null;
  const [lng, lat] = unproject({ easting: full % 1e6, northing }, meridian);
  // Further off, the system must have been another.
  return inChina(lng, lat) && Math.abs(lng - meridian) < 6 ? [lng, lat] : null;
}

/** The central meridian of a zone of three degrees (25 to 45) or of six (13 to 23). */
function meridianOf(zone: number): number | null {
  if (zone >= 25 && zone <= 45) return zone * 3;
  return zone >= 13 && zone <= 23 ? zone * 6 - 3 : null;
}

/** A position as it stands in a text field; readPosition reads it back. */
export function writePosition(at: LngLat, system: System): string {
  return system === "degrees" ? `${at[0].toFixed(6)}, ${at[1].toFixed(6)}` : position(at, system);
}

/** The positions of a text, one a line; the number of the first line that is none. */
export function readPositions(text: string, system: System): { at: LngLat[]; wrong: number } {
  const at: LngLat[] = [];
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const one = readPosition(line, system);
    if (!one) return { at, wrong: i + 1 };
    at.push(one);
  }
  return { at, wrong: 0 };
}
