import { html, nothing, type TemplateResult } from "lit";
import type { Code, LayerInfo } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { whole } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import { swatch } from "./symbol.ts";

/** The codes a filter of the styled field lets through; null when all pass. */
export function passing(app: App, layer: LayerInfo): ReadonlySet<string> | null {
  const value = layer.style.by ? app.filtersOf(layer.id)[layer.style.by] : undefined;
  return value ? new Set(value.split(",")) : null;
}

/** Adds a code to a comma list or takes it away. */
export function toggled(value: string | undefined, code: string): string {
  const list = value ? value.split(",") : [];
  const next = list.includes(code) ? list.filter((c) => c !== code) : [...list, code];
  return next.join(",");
}

/** The legend, drawn from the same lines as the map; each line is also a filter. */
export function legend(app: App, layer: LayerInfo): TemplateResult | typeof nothing {
  if (!layer.style.by || layer.legend.length === 0) return nothing;
  return html`<ul class="legend" aria-label=${t("legend")}>
    ${layer.legend.map((code) => line(app, layer, code))}
  </ul>`;
}

function line(app: App, layer: LayerInfo, code: Code): TemplateResult {
  const by = layer.style.by as string;
  const pass = passing(app, layer);
  const shown = !pass || pass.has(code.code);
  const counts = app.counts(layer.id);
  const view = counts?.inViewBy?.[code.code] ?? 0;
  const all = counts?.by?.[code.code] ?? 0;
  const name = say(code.title);
  const { [by]: _, ...others } = app.filtersOf(layer.id);
  return html`<li class=${shown ? "" : "hidden"} data-code=${code.code}>
    <button type="button" class="code" aria-pressed=${pass?.has(code.code) ? "true" : "false"}
      title=${t("legend.only", { name })}
      @click=${() => app.filter(layer.id, by, toggled(app.filtersOf(layer.id)[by], code.code))}>
      ${swatch(layer, code)}<span>${name}</span></button>
    ${
      counts
        ? html`<button type="button" class="count" title=${t("layer.counts", { view: whole(view), all: whole(all) })}
            aria-label=${`${name}: ${t("layer.counts", { view: whole(view), all: whole(all) })}`}
            @click=${() => app.showTable({ layer: layer.id, filters: { ...others, [by]: code.code }, inView: true })}>
            <b>${whole(view)}</b><span>/ ${whole(all)}</span></button>`
        : nothing
    }
  </li>`;
}
