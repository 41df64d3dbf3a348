import { html, nothing, type TemplateResult } from "lit";
import type { Field, LayerInfo, Value } from "../api/types.ts";
import { measured, unit } from "../format/number.ts";
import { day, moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";
import { symbol } from "./symbol.ts";

/** True where a record says nothing in a field; zero and false are something. */
export function blank(value: Value | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A field's value as a person reads it: codes spelled out, units, Beijing time. */
export function shown(layer: LayerInfo, field: Field, value: Value | undefined): TemplateResult {
  if (blank(value)) return html`<span class="blank">${t("record.empty")}</span>`;
  switch (field.type) {
    case "code":
      return coded(layer, field, String(value));
    case "codes":
      return html`<span class="codes">${(value as string[]).map((v) => html`<span class="tag">${coded(layer, field, v)}</span>`)}</span>`;
    case "quantities":
      return quantities(layer, field, value as Record<string, number>);
    case "boolean":
      return html`${value ? t("filter.yes") : t("filter.no")}`;
    case "date":
      return html`<time datetime=${String(value)}>${day(`${String(value).slice(0, 10)}T00:00:00+08:00`)}</time>`;
    case "datetime":
      return html`<time datetime=${String(value)} title=${t("record.beijing")}>${moment(String(value))}</time>`;
    case "integer":
    case "number":
      return html`<span class="number">${measured(Number(value))}</span>${unit(field.unit) ? html` <small>${unit(field.unit)}</small>` : nothing}`;
    default:
      return html`${String(value)}`;
  }
}

/** A code's title, with its form and colour where the list gives them. */
export function coded(layer: LayerInfo, field: Field, value: string): TemplateResult {
  const code = layer.codelists[field.codes ?? ""]?.items.find((c) => c.code === value);
  if (!code) return html`${value}`;
  const form = code.symbol && code.colour ? symbol(code.symbol, code.colour, 14) : nothing;
  return html`<span class="coded">${form}${say(code.title)}</span>`;
}

/** The same as plain text, for the list. */
export function plain(layer: LayerInfo, field: Field, value: Value | undefined): string {
  if (blank(value)) return "";
  const title = (v: string) => {
    const code = layer.codelists[field.codes ?? ""]?.items.find((c) => c.code === v);
    return code ? say(code.title) : v;
  };
  if (field.type === "code") return title(String(value));
  if (field.type === "codes") return (value as string[]).map(title).join(t("list.and"));
  if (field.type === "quantities") {
    const entries = Object.entries(value as Record<string, number>);
    return entries.map(([k, n]) => `${title(k)} ${measured(n)}`).join(t("list.and"));
  }
  if (field.type === "boolean") return value ? t("filter.yes") : t("filter.no");
  if (field.type === "datetime") return moment(String(value));
  if (field.type === "integer" || field.type === "number") return measured(Number(value));
  return String(value);
}

function quantities(layer: LayerInfo, field: Field, value: Record<string, number>): TemplateResult {
  return html`<ul class="quantities">${Object.entries(value).map(
    ([code, n]) =>
      html`<li><span>${coded(layer, field, code)}</span><b class="number">${measured(n)}</b></li>`,
  )}</ul>`;
}
