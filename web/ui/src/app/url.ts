import type { Filters } from "../api/client.ts";
import type { Lang } from "../api/types.ts";
import { SYSTEMS, type System } from "../format/angle.ts";
import type { Asking, Importing, Selection, State, View } from "./state.ts";

/** What a link carries: all that makes one person see what another saw. */
export interface Place {
  view: View | null;
  /** Null when the link says nothing: the layers that are on by declaration. */
  on: string[] | null;
  filters: Record<string, Filters>;
  selection: Selection | null;
  importing: Importing | null;
  asking: Asking | null;
  lang: Lang | null;
  system: System | null;
  basemap: string;
  grey: boolean;
}

/** Writes the state as the part of the address behind the #. */
export function write(state: State, byDefault: readonly string[]): string {
  const out: string[] = [];
  if (state.importing) {
    const { batch } = state.importing;
    out.push(batch === null ? "import" : `import=${batch}`);
  }
  if (state.asking) out.push(...asked(state.asking));
  if (state.view) {
    const { zoom, lat, lng } = state.view;
    out.push(`map=${round(zoom, 2)}/${round(lat, 5)}/${round(lng, 5)}`);
  }
  const on = [...state.on];
  if (!same(on, byDefault)) out.push(`on=${on.map(encodeURIComponent).join(",")}`);
  for (const [layer, filters] of Object.entries(state.filters)) {
    for (const [field, value] of Object.entries(filters)) {
      out.push(`f.${encodeURIComponent(layer)}.${encodeURIComponent(field)}=${text(value)}`);
    }
  }
  if (state.selection) {
    out.push(`sel=${encodeURIComponent(state.selection.layer)}/${state.selection.id}`);
  }
  if (state.lang !== "zh") out.push(`lang=${state.lang}`);
  if (state.system !== "degrees") out.push(`xy=${state.system}`);
  if (state.basemap) out.push(`base=${encodeURIComponent(state.basemap)}`);
  if (state.grey) out.push("grey=1");
  return out.join("&");
}

/** Reads what write wrote; anything it cannot read counts as not said. */
export function read(hash: string): Place {
  const place: Place = {
    view: null,
    on: null,
    filters: {},
    selection: null,
    importing: null,
    asking: null,
    lang: null,
    system: null,
    basemap: "",
    grey: false,
  };
  for (const pair of hash.replace(/^#/, "").split("&")) {
    const at = pair.indexOf("=");
    if (pair === "import") place.importing = { batch: null };
    else if (pair === "ask") place.asking = about(place);
    else if (at > 0) take(place, pair.slice(0, at), pair.slice(at + 1));
  }
  return place;
}

function take(place: Place, key: string, raw: string): void {
  const value = decode(raw);
  if (key === "map") place.view = view(value);
  else if (key === "on") place.on = value === "" ? [] : raw.split(",").map(decode);
  else if (key === "import") {
    place.importing = { batch: /^[1-9]\d{0,15}$/.test(value) ? Number(value) : null };
  } else if (key === "ask") place.asking = { ...about(place), question: value || null };
  else if (key === "in") place.asking = { ...about(place), inputs: inputs(value) };
  else if (key === "scenario") place.asking = { ...about(place), scenario: value || null };
  else if (key === "compare") place.asking = { ...about(place), compare: value === "1" };
  else if (key === "sel") place.selection = selection(value);
  else if (key === "lang" && (value === "zh" || value === "en")) place.lang = value;
  else if (key === "xy") place.system = SYSTEMS.find((s) => s === value) ?? null;
  else if (key === "base") place.basemap = value;
  else if (key === "grey") place.grey = value === "1";
  else if (key.startsWith("f.")) {
    const [, layer, field] = key.split(".").map(decode);
    if (layer && field) place.filters[layer] = { ...place.filters[layer], [field]: value };
  }
}

// A question's inputs stand as JSON, of which a link keeps readable what it may.
function asked({ question, inputs, scenario, compare }: Asking): string[] {
  const out = [question === null ? "ask" : `ask=${encodeURIComponent(question)}`];
  if (inputs) out.push(`in=${open(JSON.stringify(inputs))}`);
  if (scenario !== null) out.push(`scenario=${encodeURIComponent(scenario)}`);
  if (compare) out.push("compare=1");
  return out;
}

function open(json: string): string {
  return encodeURIComponent(json).replace(/%(?:2C|2F|3A|5B|5D|7B|7D)/g, decodeURIComponent);
}

function about(place: Place): Asking {
  return place.asking ?? { question: null, inputs: null, scenario: null, compare: false };
}

function inputs(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function view(value: string): View | null {
  const [zoom, lat, lng] = value.split("/").map(Number);
  const good = [zoom, lat, lng].every((v) => v !== undefined && Number.isFinite(v));
  if (!good || Math.abs(lat as number) > 85 || Math.abs(lng as number) > 180) return null;
  return { zoom: zoom as number, lat: lat as number, lng: lng as number };
}

function selection(value: string): Selection | null {
  const match = /^(.+)\/(\d+)$/.exec(value);
  return match ? { layer: match[1] as string, id: Number(match[2]) } : null;
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return "";
  }
}

function text(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/");
}

function round(v: number, digits: number): string {
  return String(Number(v.toFixed(digits)));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((v) => b.includes(v));
}
