// What the server says, as it comes over HTTP.

/** Something a person reads, in both languages. */
export interface Text {
  zh: string;
  en: string;
}

export type Lang = "zh" | "en";

/** Longitude and latitude in degrees, CGCS2000. */
export type LngLat = [number, number];

/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

export interface Basemap {
  id: string;
  title: Text;
  kind: "xyz" | "wmts" | "pmtiles";
  url: string;
  attribution?: string;
  datum?: string;
}

export interface Page {
  version: string;
  synthetic: boolean;
  city: { title: Text; center: LngLat; bounds: Box; zoom: number };
  basemaps: Basemap[];
  reader: { role: string; note: Text };
  /** Set where the server has an archive of tiles in place of a database. */
  archive?: { finished: string; notice: Text };
}

export interface Group {
  id: string;
  title: Text;
}

export type FieldType =
  | "text"
  | "integer"
  | "number"
  | "boolean"
  | "date"
  | "datetime"
  | "code"
  | "codes"
  | "quantities";

export interface Field {
  name: string;
  title: Text;
  description?: Text;
  type: FieldType;
  required?: boolean;
  unit?: string;
  codes?: string;
  default?: string;
  aliases?: string[];
  filter?: boolean;
  search?: string;
  range?: { min?: number; max?: number };
  tile?: number;
  sensitivity?: string;
}

export interface Code {
  code: string;
  title: Text;
  colour?: string;
  symbol?: string;
}

export interface CodeList {
  title: Text;
  ordered?: boolean;
  status?: string;
  source?: string;
  items: Code[];
}

export interface LayerStyle {
  by?: string;
  colour: string;
  symbol?: string;
  size?: number;
  width?: number;
  opacity?: number;
  labels?: number;
  pattern?: string;
}

export interface LayerInfo {
  id: string;
  title: Text;
  description: Text;
  group: string;
  order: number;
  geometry: "Point" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "";
  label?: string;
  area?: string;
  zoom: { min: number; max: number };
  visible: boolean;
  fields: Field[];
  /** The fields that every layer has: source, times, position quality, datum. */
  standard?: Field[];
  style: LayerStyle;
  thin?: { until: number; cells: number; under?: number } | null;
  source: {
    name: Text;
    department?: Text;
    licence?: string;
    standard?: string;
    status?: string;
    fresh?: string;
  };
  legend: Code[];
  codelists: Record<string, CodeList>;
}

/** A field of a layer by its name, declared or standard. */
export function fieldOf(layer: LayerInfo, name: string): Field | undefined {
  return [...layer.fields, ...(layer.standard ?? [])].find((f) => f.name === name);
}

export interface Catalogue {
  groups: Group[];
  layers: LayerInfo[];
}

export interface Counts {
  total: number;
  placed: number;
  unplaced: number;
  inView: number;
  by?: Record<string, number>;
  inViewBy?: Record<string, number>;
  newest?: string | null;
  synthetic?: number;
}

export type Value = string | number | boolean | null | string[] | Record<string, number>;

export interface Item {
  type: "Feature";
  id: number;
  geometry: GeoJSON.Geometry | null;
  properties: Record<string, Value>;
}

export interface ItemPage {
  type: "FeatureCollection";
  features: Item[];
  numberMatched?: number;
  numberReturned?: number;
  links?: { rel: string; href: string }[];
}

export interface Hit {
  layer: string;
  id: number;
  label: string;
  field?: string;
  text?: string;
  point: LngLat | null;
  bbox: Box | null;
  zoom?: number;
}

export interface Hits {
  query: string;
  hits: Hit[];
  more: boolean;
}
