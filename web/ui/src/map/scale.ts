/** Metres a px on the ground at a latitude and zoom, in Web Mercator with tiles of 512 px. */
export function metresPerPx(lat: number, zoom: number): number {
  const around = 2 * Math.PI * 6378137;
  return (around * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** A round length of 1, 2 or 5 times a power of ten that is at most 96 px long. */
export function scaleBar(lat: number, zoom: number, most = 96): { metres: number; px: number } {
  const metre = metresPerPx(lat, zoom);
  const limit = most * metre;
  const power = 10 ** Math.floor(Math.log10(limit));
  const metres = [5, 2, 1].map((n) => n * power).find((m) => m <= limit) ?? power;
  return { metres, px: Math.round(metres / metre) };
}
