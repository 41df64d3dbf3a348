import { html, nothing, type TemplateResult } from "lit";
import type { Field, LayerInfo } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { unit } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import { toggled } from "./legend.ts";

/** Both ends of `min/max` as the server takes them; an open end is "..". */
export function ends(value: string | undefined): [string, string] {
  if (!value) return ["", ""];
  const [low, high] = value.split("/");
  return [low === ".." ? "" : (low ?? ""), high === undefined || high === ".." ? "" : high];
}

/** Writes both ends; empty when both are open. */
export function span(low: string, high: string): string {
  return low === "" && high === "" ? "" : `${low || ".."}/${high || ".."}`;
}

/** The filters that the declaration offers; the styled field has the legend for its own. */
export function filterPanel(app: App, layer: LayerInfo): TemplateResult | typeof nothing {
  if (app.store.now.page?.archive) return nothing;
  const fields = layer.fields.filter((f) => f.filter && f.name !== layer.style.by);
  const any = Object.keys(app.filtersOf(layer.id)).length > 0;
  if (fields.length === 0 && !any) return nothing;
  return html`<div class="filters">
    ${fields.map(
      (field) => html`<fieldset data-field=${field.name}>
      <legend>${say(field.title)}${unit(field.unit) ? html` <small>${unit(field.unit)}</small>` : nothing}</legend>
      ${control(app, layer, field)}
    </fieldset>`,
    )}
    ${any ? html`<button type="button" class="text" @click=${() => app.setFilters(layer.id, {})}>${t("layer.clear")}</button>` : nothing}
  </div>`;
}

function control(app: App, layer: LayerInfo, field: Field): TemplateResult | typeof nothing {
  switch (field.type) {
    case "code":
    case "codes":
      return chips(app, layer, field);
    case "integer":
    case "number":
      return between(app, layer, field, "number");
    case "date":
    case "datetime":
      return between(app, layer, field, "date");
    case "boolean":
      return yesNo(app, layer, field);
    case "text":
      return equals(app, layer, field);
    default:
      return nothing;
  }
}

const FEW = 8;

function chips(app: App, layer: LayerInfo, field: Field): TemplateResult {
  const items = layer.codelists[field.codes ?? ""]?.items ?? [];
  const value = app.filtersOf(layer.id)[field.name];
  const chosen = new Set(value ? value.split(",") : []);
  const chip = (code: string, name: string) => html`<button type="button" class="chip"
    aria-pressed=${chosen.has(code) ? "true" : "false"} data-code=${code}
    @click=${() => app.filter(layer.id, field.name, toggled(value, code))}>${name}</button>`;
  const first = items.slice(0, FEW);
  const rest = items.slice(FEW);
  return html`<div class="chips">
    ${first.map((c) => chip(c.code, say(c.title)))}
    ${
      rest.length > 0
        ? html`<details ?open=${rest.some((c) => chosen.has(c.code))}>
            <summary>${t("filter.more", { n: rest.length })}</summary>
            <div class="chips">${rest.map((c) => chip(c.code, say(c.title)))}</div>
          </details>`
        : nothing
    }
  </div>`;
}

function between(
  app: App,
  layer: LayerInfo,
  field: Field,
  kind: "number" | "date",
): TemplateResult {
  const [low, high] = ends(app.filtersOf(layer.id)[field.name]);
  const set = (a: string, b: string) => app.filter(layer.id, field.name, span(a, b));
  const input = (value: string, label: string, change: (v: string) => void) => html`<input
    type=${kind} .value=${value.slice(0, kind === "date" ? 10 : undefined)} aria-label=${`${say(field.title)} ${label}`}
    placeholder=${label} inputmode=${kind === "number" ? "decimal" : nothing} step="any"
    min=${kind === "number" ? (field.range?.min ?? nothing) : nothing}
    max=${kind === "number" ? (field.range?.max ?? nothing) : nothing}
    @change=${(e: Event) => change((e.target as HTMLInputElement).value.trim())} />`;
  const words =
    kind === "number"
      ? (["filter.min", "filter.max"] as const)
      : (["filter.from", "filter.to"] as const);
  return html`<div class="between">
    ${input(low, t(words[0]), (v) => set(v, high))}<span>–</span>${input(high, t(words[1]), (v) => set(low, v))}
  </div>`;
}

function yesNo(app: App, layer: LayerInfo, field: Field): TemplateResult {
  const value = app.filtersOf(layer.id)[field.name] ?? "";
  const choice = (v: string, name: string) => html`<button type="button" class="chip"
    aria-pressed=${value === v ? "true" : "false"} data-code=${v || "all"}
    @click=${() => app.filter(layer.id, field.name, v)}>${name}</button>`;
  return html`<div class="chips">
    ${choice("", t("filter.all"))}${choice("true", t("filter.yes"))}${choice("false", t("filter.no"))}
  </div>`;
}

function equals(app: App, layer: LayerInfo, field: Field): TemplateResult {
  const value = app.filtersOf(layer.id)[field.name] ?? "";
  return html`<input type="text" class="wide" .value=${value} placeholder=${t("filter.equals")}
    aria-label=${`${say(field.title)} ${t("filter.equals")}`}
    @change=${(e: Event) => app.filter(layer.id, field.name, (e.target as HTMLInputElement).value.trim())} />`;
}
