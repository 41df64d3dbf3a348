import { html, nothing, type TemplateResult } from "lit";
import type { Item, LayerInfo, LngLat, Value } from "../api/types.ts";
import type { State } from "../app/state.ts";
import { position } from "../format/angle.ts";
import { age, freshness, moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";
import { extent } from "../map/cluster.ts";

/** Where a record comes from, how old it is, and how well it is placed. */
export function provenance(state: State, layer: LayerInfo, item: Item): TemplateResult {
  const p = item.properties;
  const recorded = text(p.recorded_at);
  const fresh = freshness(recorded, layer.source.fresh);
  const box = extent([item.geometry]);
  const middle: LngLat | null = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
  const quality = text(p.position_quality) || "none";
  return html`
    <section class="provenance">
      <h3>${t("record.about")}</h3>
      <dl class="values">
        ${middle ? row("position", t("record.position"), html`<span class="number">${position(middle, state.system)}</span>`) : nothing}
        ${row("quality", t("record.quality"), html`<span class="quality ${quality}">${listed(layer, "position_quality", quality)}</span>`)}
        ${p.datum ? row("datum", t("record.datum"), html`${listed(layer, "datum", text(p.datum))}`) : nothing}
        ${row("source", t("record.source"), html`${source(layer, p.source)}`)}
        ${p.source_id ? row("sourceid", t("record.sourceid"), html`<span class="number">${p.source_id}</span>`) : nothing}
        ${
          recorded
            ? row(
                "recorded",
                t("record.recorded"),
                html`<span class="age ${fresh}" title=${t(`fresh.${fresh}`)}>${age(recorded)}</span>
                <small title=${t("record.beijing")}>${moment(recorded)}</small>`,
              )
            : nothing
        }
        ${p.valid_from || p.valid_to ? row("valid", t("record.valid"), html`${p.valid_from ? moment(text(p.valid_from)) : "…"} – ${p.valid_to ? moment(text(p.valid_to)) : t("record.now")}`) : nothing}
        ${p.edition ? row("edition", t("record.edition"), html`${p.edition}`) : nothing}
      </dl>
    </section>`;
}

function row(id: string, name: string, value: TemplateResult): TemplateResult {
  return html`<div data-fact=${id}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

// The standard fields have code lists of their own, named as the fields.
function listed(layer: LayerInfo, list: string, code: string): string {
  const item = layer.codelists[list]?.items.find((c) => c.code === code);
  return item ? say(item.title) : code;
}

function source(layer: LayerInfo, value: Value | undefined): string {
  if (value === "synthetic") return t("record.synthetic");
  return typeof value === "string" && value !== "" ? value : say(layer.source.name);
}
