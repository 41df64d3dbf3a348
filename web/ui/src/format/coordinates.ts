import type { LngLat } from "../api/types.ts";

/**
 * Reads a typed position in degrees: "120.894, 31.98" or "31.98 120.894" or with N and E.
 * Longitude and latitude are told apart by size, as they can be anywhere in this country.
 */
export function coordinates(text: string): LngLat | null {
  const match =
    /^\s*([NE]?)\s*(\d{1,3}(?:\.\d+)?)\s*°?\s*([NE]?)[\s,，;；]+([NE]?)\s*(\d{1,3}(?:\.\d+)?)\s*°?\s*([NE]?)\s*$/i.exec(
      text,
    );
  if (!match) return null;
  const [a, b] = [Number(match[2]), Number(match[5])];
  if (inChina(a, b)) return [a, b];
  return inChina(b, a) ? [b, a] : null;
}

/** Whether a position in degrees can be in this country. */
export function inChina(lng: number, lat: number): boolean {
  return lng >= 73 && lng <= 136 && lat >= 3 && lat <= 54;
}
