import type { Field, LayerInfo } from "../api/types.ts";
import type { Column, Options, Reading } from "./types.ts";

/** How a column came to its field: said now or before, by its name, or by a guess. */
export type Match = "none" | "hand" | "saved" | "same" | "guessed";

/** How a column is matched, by what is said now and by what the server found. */
export function matchOf(column: Column, options: Options): Match {
  if (!column.field) return "none";
  if (options.columns?.[column.field] === column.name) return "hand";
  if (column.match === "saved") return "saved";
  return column.match && column.match !== "hand" ? "guessed" : "same";
}

/**
 * The options with a column given to a field, or, with an empty field, to none. own is the
 * field that the column has by its name, if any: that is then said to have no column.
 */
export function assign(options: Options, column: string, field: string, own = ""): Options {
  const columns = Object.fromEntries(
    Object.entries(options.columns ?? {}).filter(([f, c]) => c !== column && f !== field),
  );
  if (field) columns[field] = column;
  else if (own && !columns[own]) columns[own] = "";
  return tidy({ ...options, columns });
}

/** The options with a value for every row of a field; null takes it away. */
export function fix(options: Options, field: string, value: string | null): Options {
  const { [field]: _, ...values } = options.values ?? {};
  return tidy({ ...options, values: value === null ? values : { ...values, [field]: value } });
}

/** The columns as they would be with the options, before the server has answered. */
export function drafted(reading: Reading, options: Options): Column[] {
  const said = options.columns ?? {};
  const byHand = new Map(Object.entries(said).map(([field, column]) => [column, field]));
  byHand.delete("");
  return (reading.columns ?? []).map((column) => {
    const field = byHand.get(column.name);
    if (field) return { ...column, field };
    // Its field was given to another column, or to none.
    if (column.field && column.field in said) return { ...column, field: "" };
    return column;
  });
}

/** The required fields that have neither column nor value. */
export function missing(layer: LayerInfo, reading: Reading, options: Options): Field[] {
  const there = new Set(drafted(reading, options).map((c) => c.field));
  const open = new Set([
    ...(reading.missing ?? []),
    ...(reading.columns ?? []).map((c) => c.field ?? ""),
  ]);
  return layer.fields.filter(
    (f) =>
      f.required && open.has(f.name) && !there.has(f.name) && !(f.name in (options.values ?? {})),
  );
}

/** The options without what says nothing, so that equal ones compare equal. */
export function tidy(options: Options): Options {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined || value === "" || value === false) continue;
    if (typeof value === "object" && Object.keys(value as object).length === 0) continue;
    out[name] = value;
  }
  return out;
}

export function sameOptions(a: Options, b: Options): boolean {
  return JSON.stringify(sorted(tidy(a))) === JSON.stringify(sorted(tidy(b)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

/** The layer that a file's first characters and its name speak of most, or null. */
export function guessLayer(
  layers: readonly LayerInfo[],
  name: string,
  head: string,
): LayerInfo | null {
  const words = new Set(
    head
      .split(/["',;\t\r\n{}[\]:<>]+/)
      .map(plain)
      .filter((word) => word !== ""),
  );
  let best: LayerInfo | null = null;
  let most = 0;
  for (const layer of layers) {
    const known = layer.fields.filter((f) =>
      [f.name, f.title.zh, f.title.en, ...(f.aliases ?? [])].some((n) => words.has(plain(n))),
    );
    const called = [layer.id, layer.title.zh, layer.title.en].some((n) =>
      plain(name).includes(plain(n)),
    );
    // Names that many layers have, such as name and area, must not be enough.
    const score = known.length / Math.sqrt(layer.fields.length + 4) + (called ? 2 : 0);
    if (score > most && (known.length >= 3 || called)) {
      most = score;
      best = layer;
    }
  }
  return best;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_\-()（）]+/g, "");
}

/** Why a choice of files cannot be brought as it is; empty when it can. */
export type Refusal = "" | "folder" | "shp" | "large" | "empty";

export const MOST = 2 * 2 ** 30;

export function refusalOf(files: readonly { name: string; size: number }[]): Refusal {
  const [file] = files;
  if (!file || files.length > 1) return "folder";
  if (/\.(shp|dbf|shx|prj|cpg)$/i.test(file.name)) return "shp";
  if (file.size > MOST) return "large";
  return file.size === 0 ? "empty" : "";
}
