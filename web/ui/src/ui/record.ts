import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api/client.ts";
import type { Item, LayerInfo, LngLat } from "../api/types.ts";
import { say, t } from "../i18n/t.ts";
import { extent } from "../map/cluster.ts";
import { choices } from "./choices.ts";
import { icon } from "./icons.ts";
import { Part } from "./part.ts";
import { provenance } from "./provenance.ts";
import { layerKey } from "./symbol.ts";
import { blank, coded, shown } from "./value.ts";

/** The right panel: one record in full, or a choice where several things lie together. */
export class RecordPanel extends Part {
  protected override watched() {
    return ["selection", "record", "choices", "system", "phone"] as const;
  }

  protected override render() {
    const { selection, choices: several, phone } = this.state;
    if (!selection && several.length === 0) return nothing;
    const layer = selection ? this.app.layer(selection.layer) : undefined;
    return html`
      <aside class="side card" data-covers=${phone ? "bottom" : "right"} data-brief aria-label=${t("record")} tabindex="-1"
        @keydown=${(e: KeyboardEvent) => e.key === "Escape" && this.close()}>
        ${selection && layer ? this.record(layer) : choices(this.app, () => this.close())}
      </aside>`;
  }

  private close(): void {
    this.app.select(null);
    this.app.map?.map.getCanvas().focus();
  }

  private record(layer: LayerInfo): TemplateResult {
    const { record } = this.state;
    return html`
      <header>
        <p class="kind">${layerKey(layer)}${say(layer.title)}</p>
        <button class="quiet" type="button" aria-label=${t("record.close")} title=${t("record.close")} @click=${() => this.close()}>${icon("close")}</button>
        ${record?.is === "here" ? this.head(layer, record.value) : nothing}
      </header>
      <div class="body" aria-live="polite" aria-busy=${record?.is === "loading" ? "true" : "false"}>
        ${!record || record.is === "loading" ? html`<div class="skeleton" aria-label=${t("state.loading")}>${[5, 3, 4, 6, 3, 5].map((w) => html`<i class="w${w}"></i>`)}</div>` : nothing}
        ${record?.is === "failed" ? this.failed(record.error) : nothing}
        ${record?.is === "here" ? this.body(layer, record.value) : nothing}
      </div>`;
  }

  private head(layer: LayerInfo, item: Item): TemplateResult {
    const name = layer.label ? item.properties[layer.label] : null;
    const by = layer.fields.find((f) => f.name === layer.style.by);
    const grade = by ? item.properties[by.name] : null;
    return html`
      <h2>${blank(name) ? `${say(layer.title)} ${item.id}` : String(name)}</h2>
      <p class="tags">
        ${by && typeof grade === "string" ? html`<span class="tag grade">${coded(layer, by, grade)}</span>` : nothing}
        ${item.properties.source === "synthetic" ? html`<span class="tag synthetic" title=${t("bottom.synthetic.help")}>${t("record.synthetic")}</span>` : nothing}
      </p>
      <div class="acts">
        ${item.geometry ? html`<button type="button" @click=${() => this.locate(item)}>${icon("target", 16)}${t("record.zoom")}</button>` : nothing}
        ${item.geometry && !this.state.page?.archive ? html`<button type="button" data-act="ask" @click=${() => this.app.askAbout(blank(name) ? `${say(layer.title)} ${item.id}` : String(name), item.geometry)}>${icon("ask", 16)}${t("record.ask")}</button>` : nothing}
        <button type="button" @click=${() => void this.app.copyLink(t("record.copied"))}>${icon("link", 16)}${t("record.copy")}</button>
      </div>`;
  }

  private body(layer: LayerInfo, item: Item): TemplateResult {
    const fields = layer.fields.filter((f) => f.name in item.properties && f.name !== layer.label);
    const filled = fields.filter((f) => !blank(item.properties[f.name]));
    const empty = fields.filter((f) => blank(item.properties[f.name]));
    return html`
      ${item.geometry ? nothing : html`<p class="hint">${t("record.unplaced")}</p>`}
      <dl class="values">
        ${filled.map((f) => html`<div data-field=${f.name}><dt title=${f.description ? say(f.description) : nothing}>${say(f.title)}</dt><dd>${shown(layer, f, item.properties[f.name])}</dd></div>`)}
      </dl>
      ${
        empty.length > 0
          ? html`<details class="empty"><summary>${t("record.blank", { n: empty.length })}</summary>
            <p>${empty.map((f) => say(f.title)).join(" · ")}</p></details>`
          : nothing
      }
      ${provenance(this.state, layer, item)}`;
  }

  private locate(item: Item): void {
    const box = extent([item.geometry]);
    if (!box) return;
    const middle: LngLat = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const zoom = Math.max(16, this.state.view?.zoom ?? 16);
    if (item.geometry?.type === "Point") this.app.map?.camera.fly(middle, zoom);
    else this.app.map?.camera.fit(box);
  }

  private failed(error: Error): TemplateResult {
    const status = error instanceof Problem ? error.status : 0;
    const final = status === 404 ? t("record.gone") : status === 403 ? t("state.refused") : "";
    return html`<div class="failed" role="alert">
      <p>${final || t("state.error")}</p>
      ${
        final
          ? nothing
          : html`<p class="detail">${error.message}</p>
            <button type="button" @click=${() => this.again()}>${t("state.retry")}</button>`
      }
    </div>`;
  }

  private again(): void {
    const { selection } = this.state;
    this.app.store.set({ selection: selection ? { ...selection } : null, record: null });
  }
}

customElements.define("om-record", RecordPanel);
