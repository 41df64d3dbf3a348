// Questions, answers and scenarios as the server writes them.

import type { LngLat, Text } from "../api/types.ts";

export type Kind =
  | "place"
  | "shape"
  | "number"
  | "integer"
  | "boolean"
  | "text"
  | "choice"
  | "time"
  | "layer"
  | "filter"
  | "object";

export interface Option {
  code: string;
  title: Text;
}

/** One thing that a question takes. */
export interface Input {
  name: string;
  title: Text;
  description?: Text;
  kind: Kind;
  many?: boolean;
  required?: boolean;
  default?: unknown;
  unit?: string;
  min?: number;
  max?: number;
  choices?: Option[];
  /** Of a filter: the input with its layer, or the layer's id. */
  of?: string;
}

export interface Question {
  id: string;
  title: Text;
  description: Text;
  inputs: Input[];
}

/** A circle in metres, where GeoJSON has none. */
export interface Circle {
  type: "Circle";
  coordinates: LngLat;
  radius: number;
}

export type Shape = GeoJSON.Geometry | Circle;

/** What is sent: the names of inputs and their values. */
export type Inputs = Readonly<Record<string, unknown>>;

export interface Figure {
  id: string;
  title: Text;
  value: unknown;
  unit?: string;
}

export interface Legend {
  title: Text;
  colour?: string;
}

export interface Column {
  id: string;
  title: Text;
  unit?: string;
  codes?: Record<string, Legend>;
}

export interface Row {
  layer?: string;
  id?: number;
  geometry?: GeoJSON.Geometry | null;
  values: unknown[];
}

export interface Table {
  id: string;
  title: Text;
  columns: Column[];
  rows: Row[];
  total?: unknown[];
  more?: number;
  chart?: string;
}

export type Role = "area" | "band" | "way" | "gap" | "place";

/** A shape on the map. Of a band the value is its upper limit. */
export interface Drawing {
  id: string;
  role: Role;
  title: Text;
  value?: number;
  unit?: string;
  colour?: string;
  geometry: GeoJSON.Geometry | null;
}

/** A layer as it was when it was used. */
export interface Source {
  layer: string;
  title: Text;
  edition: number;
  published: string | null;
  newest: string | null;
  age_s: number | null;
  used: number;
  unplaced: number;
  synthetic?: boolean;
  filter?: string;
}

export interface Trouble {
  text: Text;
  layer?: string;
  id?: number;
  input?: string;
  geometry?: GeoJSON.Geometry | null;
}

export interface Answer {
  question: string;
  title: Text;
  inputs: Record<string, unknown>;
  asked_at: string;
  took_ms: number;
  scenario?: string;
  summary: Figure[];
  tables: Table[];
  shapes: Drawing[];
  sources: Source[];
  assumptions: Text[];
  problems: Trouble[];
}

/** A what-if: records that are lost, added or moved, and roads that are closed. */
export interface Scenario {
  name: string;
  lost?: { layer: string; ids: number[] }[];
  added?: { layer: string; place: LngLat; properties?: Record<string, unknown> }[];
  moved?: { layer: string; id: number; place: LngLat }[];
  closed?: { ids?: number[]; area?: LngLat[] }[];
}

/** A scenario that is kept. */
export interface Saved extends Scenario {
  id: number;
  version: number;
  note: string;
}
