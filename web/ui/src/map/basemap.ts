import { addProtocol, type Map as Maplibre, type RasterSourceSpecification } from "maplibre-gl";
import type { Basemap } from "../api/types.ts";

/** Datums whose positions are those of this map's data to a few centimetres. */
const TRUE = new Set(["CGCS2000", "WGS84"]);

// How far a shifted datum lies off in this part of the country, in metres.
const SHIFT: Record<string, number> = { GCJ02: 470, BD09: 1_100 };

export interface Refusal {
  datum: string;
  metres: number;
}

/** The datum by its plain name: GCJ-02, gcj02 and GCJ02 are one. */
export function datumOf(base: Basemap): string {
  return (base.datum ?? "").toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** Why a base map must not be laid under the data, or null when it may. */
export function refusal(base: Basemap): Refusal | null {
  const datum = datumOf(base);
  if (TRUE.has(datum)) return null;
  return { datum: base.datum ?? "", metres: SHIFT[datum] ?? 0 };
}

/** The raster source of an XYZ or WMTS base map in Web Mercator (天地图 "_w" layers). */
export function rasterSource(base: Basemap): RasterSourceSpecification {
  const url = base.kind === "wmts" ? wmts(base.url) : base.url;
  return {
    type: "raster",
    tiles: [new URL(url, window.location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")],
    tileSize: 256,
    maxzoom: 18,
    ...(base.attribution ? { attribution: base.attribution } : {}),
  };
}

/** Turns the names of a WMTS resource template or KVP request into those of XYZ. */
export function wmts(url: string): string {
  const names: Record<string, string> = { tilematrix: "z", tilerow: "y", tilecol: "x" };
  const filled = url.replace(/\{(tilematrix|tilerow|tilecol)\}/gi, (_, name: string) => {
    return `{${names[name.toLowerCase()]}}`;
  });
  if (filled.includes("{z}")) return filled;
  const layer = /\/([a-z]+)_w\b/i.exec(url)?.[1] ?? "vec";
  const join = url.includes("?") ? "&" : "?";
  return (
    `${url}${join}SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default` +
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
  );
}

/** Brings in the archive reader only where an archive is configured. */
export async function pmtilesSource(base: Basemap): Promise<RasterSourceSpecification> {
  const { Protocol } = await import("pmtiles");
  addProtocol("pmtiles", new Protocol().tile);
  return {
    type: "raster",
    url: `pmtiles://${new URL(base.url, window.location.href).href}`,
    tileSize: 256,
    ...(base.attribution ? { attribution: base.attribution } : {}),
  };
}

/** Lays a base map over the ground and under the data, or takes it away. */
export async function showBasemap(map: Maplibre, base: Basemap | null): Promise<void> {
  if (map.getLayer("basemap")) map.removeLayer("basemap");
  if (map.getSource("basemap")) map.removeSource("basemap");
  if (!base || refusal(base)) return;
  const source = base.kind === "pmtiles" ? await pmtilesSource(base) : rasterSource(base);
  if (map.getSource("basemap")) return;
  map.addSource("basemap", source);
  const land = map.getStyle().layers.findIndex((l) => l.id === "admin_unit/fill");
  const above = map.getStyle().layers[land + 1]?.id;
  map.addLayer({ id: "basemap", type: "raster", source: "basemap" }, above);
}
