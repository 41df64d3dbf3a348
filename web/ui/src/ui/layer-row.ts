import { html, nothing, type TemplateResult } from "lit";
import type { LayerInfo } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { compact, whole } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import { filterPanel } from "./filters.ts";
import { icon } from "./icons.ts";
import { layerSource } from "./layer-source.ts";
import { legend } from "./legend.ts";
import { layerKey } from "./symbol.ts";

/** One layer: how it is drawn, what it is called, how many are in view, and its switch. */
export function layerRow(app: App, layer: LayerInfo): TemplateResult {
  const { on, opened } = app.store.now;
  const shown = on.has(layer.id);
  const open = opened === layer.id;
  const name = say(layer.title);
  const filtered = Object.keys(app.filtersOf(layer.id)).length > 0;
  return html`
    <li class="layer ${shown ? "on" : "off"}" data-layer=${layer.id}>
      <div class="row">
        <button class="name" type="button" aria-expanded=${open ? "true" : "false"}
          aria-label=${t("layer.open", { name })} title=${name}
          @click=${() => app.openLayer(open ? null : layer.id)}>
          ${layerKey(layer)}<span>${name}</span>
          ${filtered ? html`<em title=${t("layer.filtered")}>${icon("filter", 14)}</em>` : nothing}
        </button>
        ${countButton(app, layer)}
        <button class="switch" type="button" role="switch" aria-checked=${shown ? "true" : "false"}
          aria-label=${t("layer.show", { name })} @click=${() => app.switchLayer(layer.id, !shown)}><i></i></button>
      </div>
      ${open ? details(app, layer) : nothing}
    </li>`;
}

function countButton(app: App, layer: LayerInfo): TemplateResult {
  const counts = app.counts(layer.id);
  const loading = app.store.now.counting === "loading";
  if (!counts) return html`<span class="count ${loading ? "wait" : ""}" aria-hidden="true"></span>`;
  if (counts.total === 0) return html`<span class="count" title=${t("layer.nodata")}>–</span>`;
  const [view, all] = [whole(counts.inView), whole(counts.total)];
  return html`<button class="count" type="button" title=${t("layer.counts", { view, all })}
    aria-label=${t("layer.counts", { view, all })}
    @click=${() => app.showTable({ layer: layer.id, filters: app.filtersOf(layer.id), inView: true })}>
    <b>${compact(counts.inView)}</b><span>/ ${compact(counts.total)}</span></button>`;
}

function details(app: App, layer: LayerInfo): TemplateResult {
  const counts = app.counts(layer.id);
  const zoom = app.store.now.view?.zoom ?? 0;
  return html`
    <div class="details">
      ${layer.description ? html`<p class="about">${say(layer.description)}</p>` : nothing}
      ${zoom < layer.zoom.min ? html`<p class="hint">${t("layer.zoom", { z: layer.zoom.min })}</p>` : nothing}
      ${counts && counts.total === 0 ? html`<p class="hint">${t("layer.nodata")}</p>` : nothing}
      ${counts && counts.total > 0 && counts.inView === 0 ? html`<p class="hint">${t("layer.none")}</p>` : nothing}
      ${legend(app, layer)} ${filterPanel(app, layer)} ${layerSource(app, layer)}
    </div>`;
}
