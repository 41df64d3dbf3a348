import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app/app.ts";
import type { Choice } from "../app/state.ts";
import { say, t } from "../i18n/t.ts";
import { icon } from "./icons.ts";
import { swatch } from "./symbol.ts";

/** The things that lie under one click, to choose one from. */
export function choices(app: App, close: () => void): TemplateResult {
  const several = app.store.now.choices;
  return html`
    <header>
      <h2>${t("record.several", { n: several.length })}</h2>
      <button class="quiet" type="button" aria-label=${t("record.close")} title=${t("record.close")} @click=${close}>${icon("close")}</button>
    </header>
    <div class="body"><ul class="choices">${several.map((c) => choice(app, c))}</ul></div>`;
}

function choice(app: App, c: Choice): TemplateResult | typeof nothing {
  const layer = app.layer(c.layer);
  if (!layer) return nothing;
  const code = layer.legend.find((l) => l.code === c.code);
  return html`<li><button type="button" @click=${() => app.select({ layer: c.layer, id: c.id })}>
    ${swatch(layer, code)}
    <span><b>${c.label || `${say(layer.title)} ${c.id}`}</b>
    <small>${say(layer.title)}${code ? ` · ${say(code.title)}` : ""}</small></span></button></li>`;
}
