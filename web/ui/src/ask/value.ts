import { html, type TemplateResult } from "lit";
import type { Text } from "../api/types.ts";
import { unit, whole } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { lang, say, t } from "../i18n/t.ts";
import { naming } from "./compare.ts";
import type { Column, Row, Table } from "./types.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A value of an answer as a person reads it, without its unit. */
export function written(value: unknown, column?: Pick<Column, "codes" | "unit">): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return figure(value, column?.unit);
  if (typeof value === "boolean") return t(value ? "filter.yes" : "filter.no");
  if (typeof value === "string") {
    const code = column?.codes?.[value];
    if (code) return say(code.title);
    return TIME.test(value) ? moment(value) : value;
  }
  if (Array.isArray(value)) return value.map((v) => written(v, column)).join(t("list.and"));
  if (isText(value)) return say(value);
  return Object.entries(value as Record<string, unknown>)
    .map(([k, v]) => `${k} ${written(v)}`)
    .join(t("list.and"));
}

function isText(value: unknown): value is Text {
  return typeof value === "object" && value !== null && "zh" in value && "en" in value;
}

/** A number with as many decimals as it has sense for: at most one from 100 on, else two. */
export function figure(value: number, code?: string): string {
  if (Number.isInteger(value)) return whole(value);
  if (code === "deg") return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  const digits = Math.abs(value) >= 100 ? 1 : code === "1" ? 3 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** A value with its unit. */
export function withUnit(value: unknown, code: string | undefined): string {
  const name = unit(code);
  const text = written(value, { unit: code });
  if (!name || typeof value !== "number") return text;
  return name === "%" || name === "°" ? `${text}${name}` : `${text} ${name}`;
}

/** A column's name with its unit: Distance (m), 距离（米）. */
export function heading(column: Column): string {
  const name = unit(column.unit);
  if (!name) return say(column.title);
  return lang() === "zh" ? `${say(column.title)}（${name}）` : `${say(column.title)} (${name})`;
}

/** A cell of a table, a code with its colour. */
export function cell(value: unknown, column: Column): TemplateResult {
  const code = typeof value === "string" ? column.codes?.[value] : undefined;
  const text = column.id === "unit" ? unit(String(value ?? "")) : written(value, column);
  if (!code?.colour) return html`${text}`;
  return html`<span class="coded"><svg class="dot" width="9" height="9" aria-hidden="true"><circle cx="4.5" cy="4.5" r="4" fill=${code.colour}></circle></svg>${text}</span>`;
}

/** What a row is called: its first words that do so. */
export function nameOf(table: Table, row: Row): string {
  const from = naming(table);
  const i = row.values.findIndex((v, n) => n >= from && (typeof v === "string" || isText(v)));
  return i < 0 ? "" : written(row.values[i], table.columns[i]);
}

/** Whether a column holds numbers. */
export function numeric(table: Table, column: number): boolean {
  const values = table.rows.map((r) => r.values[column]);
  const known = values.filter((v) => v !== null && v !== undefined && v !== "");
  return known.length > 0 && known.every((v) => typeof v === "number");
}

/** The numbers of a row that have a unit, for a word beside the pointer. */
export function measures(table: Table, row: Row): string[] {
  return table.columns.flatMap((c, i) => {
    const v = row.values[i];
    return typeof v === "number" && c.unit && c.unit !== "1"
      ? [`${say(c.title)} ${withUnit(v, c.unit)}`]
      : [];
  });
}
