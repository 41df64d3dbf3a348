import { html, nothing, type TemplateResult } from "lit";
import type { Filters } from "../api/client.ts";
import type { LayerInfo } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { whole } from "../format/number.ts";
import { age, freshness, moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";

/** Where a layer comes from, how old it is, and what of it is not on the map or not graded. */
export function layerSource(app: App, layer: LayerInfo): TemplateResult {
  const counts = app.counts(layer.id);
  const { by } = layer.style;
  const ungraded = counts?.by?.ungraded;
  const fresh = freshness(counts?.newest, layer.source.fresh);
  const official = layer.source.status === "official";
  return html`
    <dl class="facts">
      ${counts ? fact(app, layer, "unplaced", counts.unplaced, { position_quality: "none" }) : nothing}
      ${ungraded === undefined || !by ? nothing : fact(app, layer, "ungraded", ungraded, { [by]: "ungraded" })}
      ${
        counts?.newest
          ? html`<div data-fact="age"><dt>${t("layer.age")}</dt>
            <dd class="age ${fresh}" title=${`${moment(counts.newest)} ${t("record.beijing")} · ${t(`fresh.${fresh}`)}`}>
            ${age(counts.newest)}</dd></div>`
          : nothing
      }
      <div class="wide"><dt>${t("layer.source")}</dt><dd>${say(layer.source.name)}</dd></div>
      ${layer.source.department && say(layer.source.department) ? html`<div class="wide"><dt>${t("layer.department")}</dt><dd>${say(layer.source.department)}</dd></div>` : nothing}
      ${layer.source.standard ? html`<div class="wide"><dt>${t("layer.standard")}</dt><dd>${layer.source.standard}</dd></div>` : nothing}
    </dl>
    <p class="tags">
      ${counts?.synthetic ? html`<span class="tag synthetic">${t("layer.synthetic")}</span>` : nothing}
      <span class="tag">${official ? t("layer.status.official") : t("layer.status.provisional")}</span>
      <a href="/docs/layers#${layer.id}" target="_blank" rel="noopener">${t("layer.docs")}</a>
    </p>`;
}

// A figure that opens the list of its members.
function fact(
  app: App,
  layer: LayerInfo,
  id: "unplaced" | "ungraded",
  n: number,
  filters: Filters,
): TemplateResult {
  const all = { ...app.filtersOf(layer.id), ...filters };
  return html`<div class=${n > 0 ? "warn" : ""} data-fact=${id}><dt>${t(`layer.${id}`)}</dt>
    <dd>${
      n > 0
        ? html`<button type="button" class="figure" aria-label=${`${t(`layer.${id}`)} ${whole(n)}`}
            @click=${() => app.showTable({ layer: layer.id, filters: all, inView: false })}>${whole(n)}</button>`
        : "0"
    }</dd></div>`;
}
