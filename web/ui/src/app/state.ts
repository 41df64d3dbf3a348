import type { Filters } from "../api/client.ts";
import type { Box, Catalogue, Counts, Item, Lang, LngLat, Page } from "../api/types.ts";
import type { System } from "../format/angle.ts";

export interface View {
  lng: number;
  lat: number;
  zoom: number;
}

/** One record: its layer and its number within the layer. */
export interface Selection {
  layer: string;
  id: number;
}

/** Something that is fetched: on its way, here, or failed. */
export type Fetched<T> =
  | { is: "loading" }
  | { is: "here"; value: T }
  | { is: "failed"; error: Error };

/** Several things under one click, to choose from. */
export interface Choice extends Selection {
  label: string;
  code: string | undefined;
}

/** The list of a layer's records at the foot of the map. */
export interface Table {
  layer: string;
  filters: Filters;
  inView: boolean;
}

/** The import page: the list of surveys, or one of them. */
export interface Importing {
  batch: number | null;
}

/** The questions: their list, or one of them, with its inputs once it was asked. */
export interface Asking {
  question: string | null;
  inputs: Readonly<Record<string, unknown>> | null;
  /** The saved scenario it is asked in. */
  scenario: string | null;
  /** Asked in both, as things are and in the scenario. */
  compare: boolean;
}

/** A record that questions are asked about. */
export interface Subject {
  title: string;
  geometry: GeoJSON.Geometry;
  record: Selection | null;
}

export interface Notice {
  text: string;
  kind: "info" | "error";
}

export interface State {
  page: Page | null;
  catalogue: Fetched<Catalogue>;
  lang: Lang;
  view: View | null;
  /** What the map shows beside the panels; the counts are taken in it. */
  box: Box | null;
  on: ReadonlySet<string>;
  filters: Readonly<Record<string, Filters>>;
  counts: Readonly<Record<string, Counts>>;
  counting: "idle" | "loading" | "failed";
  selection: Selection | null;
  importing: Importing | null;
  asking: Asking | null;
  subject: Subject | null;
  record: Fetched<Item> | null;
  choices: readonly Choice[];
  panel: boolean;
  opened: string | null;
  table: Table | null;
  tool: "none" | "measure" | "draw";
  path: readonly LngLat[];
  system: System;
  basemap: string;
  grey: boolean;
  wall: boolean;
  phone: boolean;
  online: boolean;
  tilesFailed: boolean;
  /** Rises when the server tells that records have changed. */
  news: number;
  mapFailed: boolean;
  notice: Notice | null;
}

export function initial(): State {
  return {
    page: null,
    catalogue: { is: "loading" },
    lang: "zh",
    view: null,
    box: null,
    on: new Set(),
    filters: {},
    counts: {},
    counting: "idle",
    selection: null,
    importing: null,
    asking: null,
    subject: null,
    record: null,
    choices: [],
    panel: true,
    opened: null,
    table: null,
    tool: "none",
    path: [],
    system: "degrees",
    basemap: "",
    grey: false,
    wall: false,
    phone: false,
    online: true,
    tilesFailed: false,
    news: 0,
    mapFailed: false,
    notice: null,
  };
}

export type Listener = (state: State, before: State) => void;

/** The one place where the page's state is kept; whoever listens is told once per change. */
export class Store {
  private state: State;
  private readonly listeners = new Set<Listener>();

  constructor(state: State = initial()) {
    this.state = state;
  }

  get now(): State {
    return this.state;
  }

  set(patch: Partial<State>): void {
    const before = this.state;
    const keys = Object.keys(patch) as (keyof State)[];
    if (keys.every((k) => Object.is(before[k], patch[k]))) return;
    this.state = { ...before, ...patch };
    for (const listener of [...this.listeners]) listener(this.state, before);
  }

  /** Calls listener after every change until the returned function is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
