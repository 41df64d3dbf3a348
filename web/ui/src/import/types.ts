import type { LngLat, Text } from "../api/types.ts";

// What the import's part of the API says; see its OpenAPI document.

export const STATES = [
  "uploaded",
  "parsed",
  "checked",
  "self_checked",
  "city_checked",
  "accepted",
  "published",
  "superseded",
  "rejected",
  "withdrawn",
] as const;
export type BatchState = (typeof STATES)[number];

/** What a person says of the positions. */
export interface Placing {
  crs?: string;
  axis?: string;
  shift?: string;
  times?: number;
  form?: string;
  approximate?: boolean;
}

/** What a person says of a file; what is left out is left to the file. */
export interface Options {
  source?: string;
  encoding?: string;
  part?: string;
  /** Another part that has the geometries, joined to the forms of part by the layer's key. */
  geometry?: string;
  positions?: string[];
  /** Field to column. */
  columns?: Record<string, string>;
  /** Field to the value of every row that has none. */
  values?: Record<string, string>;
  number?: boolean;
  skip_bad?: boolean;
  placing?: Placing;
}

export interface Part {
  name: string;
  rows: number;
  note?: string;
}

export interface Column {
  name: string;
  field?: string;
  /** How the field was found; missing: by its name. */
  match?: "hand" | "saved" | "alias" | "cut" | "tail";
  samples: string[] | null;
}

export interface Example {
  Row: number;
  First: number;
  Second: number;
  Place: LngLat;
}

export interface Candidate {
  title: Text;
  confidence: number;
  evidence: Text[] | null;
  examples: Example[] | null;
  choose: Placing;
}

export interface Position {
  outcome: "" | "decided" | "trusted" | "ask" | "refused";
  title?: Text;
  confidence: number;
  evidence: Text[] | null;
  warnings?: Text[];
  question?: Text;
  candidates?: Candidate[];
  taken?: { Examples?: Example[] | null };
}

/** A few texts of a file as they read in a character set. */
export interface Encoding {
  encoding: string;
  samples: string[];
  /** Bytes stand in them that are no characters of the set. */
  broken: boolean;
}

/** How a file has been understood. */
export interface Reading {
  format: string;
  encoding: string;
  parts?: Part[];
  columns: Column[] | null;
  missing?: string[];
  rows: number;
  position: Position;
  problems?: Text[];
  fixed?: Record<string, string>;
  /** Whose matching of the same columns is used again. */
  saved?: { by: string; at: string };
  joined?: { forms: string; geometry: string; by: string };
}

export interface Tally {
  rows: number;
  good: number;
  bad: number;
  unplaced: number;
  errors: number;
  warnings: number;
  notices: number;
  kept: number;
  /** Wrong of checked indicators by county and table; with a rule, of that rule alone. */
  rates?: Rate[];
}

export interface Rate {
  area: string;
  table: string;
  rule: string;
  records: number;
  checked: number;
  wrong: number;
  rate: number;
  passed: boolean;
}

export interface Step {
  state: BatchState;
  note: string;
  who: string;
  at: string;
}

export interface Check {
  batch: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "broken_off" | "idle";
  stage?: string;
  done: number;
  total: number;
  rate: number;
  seconds_left: number | null;
  seconds: number;
  tally?: Tally;
  error?: Trouble;
}

export interface Batch {
  id: number;
  layer: string;
  state: BatchState;
  source: string;
  scope: string;
  file_name: string;
  file_hash: string;
  file_size: number;
  options: Options;
  reading?: Reading | null;
  tally?: Tally | null;
  staged: number | null;
  before: number | null;
  edition: number | null;
  created_at: string;
  created_by: string;
  updated_at: string;
}

/** What an error within an answer says. */
export interface Trouble {
  code: string;
  field?: string;
  detail: string;
}

/** All that is known of a batch. */
export interface BatchDetail extends Batch {
  way: Step[] | null;
  groups: Group[];
  /** Against the batch before. */
  since: { before: number; mended: number; remain: number; new: number } | null;
  check: Check | null;
  /** What has to be said before it can be checked. */
  open: Trouble | null;
  approvals: BatchState[];
  published?: { id: number };
}

export type Severity = "error" | "warning" | "notice";

export interface Finding {
  number: number;
  rule: string;
  severity: Severity;
  row?: number;
  field?: string;
  value?: string;
  allowed?: string;
  place?: LngLat | null;
  message: Text;
  hint?: Text;
  repair?: string;
  object?: string;
  area?: string;
  count?: number;
}

export interface Group {
  rule: string;
  severity: Severity;
  field: string;
  count: number;
  rows: number;
  example: Text;
}

export interface Comparison {
  present: number;
  staged: number;
  new: number;
  changed: number;
  moved: number;
  gone: number;
  unchanged: number;
}

export interface Difference {
  kind: "new" | "changed" | "gone";
  key: string;
  id: number | null;
  fields?: { field: string; old: unknown; new: unknown }[];
  record?: Record<string, unknown>;
  old: LngLat | null;
  new: LngLat | null;
  moved: number;
}

export interface Edition {
  id: number;
  added: number;
  changed: number;
  gone: number;
  unchanged: number;
  layer: string;
  scope: string;
  batch: number | null;
  reverts: number | null;
  reverted_by: number | null;
  published_at: string;
  published_by: string;
}
