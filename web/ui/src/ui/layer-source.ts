import { html, nothing, type TemplateResult } from "lit";
import type { LayerInfo } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { whole } from "../format/number.ts";
import { age, freshness, moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";

/** Where a layer comes from, how old it is, and what of it is not on the map or not graded. */
export function layerSource(app: App, layer: LayerInfo): TemplateResult {
  const counts = app.counts(layer.id);
  const ungraded = counts?.by?.ungraded;
  const fresh = freshness(counts?.newest, layer.source.fresh);
  const official = layer.source.status === "official";
  return html`
    <dl class="facts">
      ${counts ? fact(t("layer.unplaced"), whole(counts.unplaced), counts.unplaced > 0 ? "warn" : "", "unplaced") : nothing}
      ${ungraded === undefined ? nothing : fact(t("layer.ungraded"), whole(ungraded), ungraded > 0 ? "warn" : "", "ungraded")}
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

function fact(name: string, value: string, kind: string, id: string): TemplateResult {
  return html`<div class=${kind} data-fact=${id}><dt>${name}</dt><dd>${value}</dd></div>`;
}
