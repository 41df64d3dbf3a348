import { html, nothing, type TemplateResult } from "lit";
import type { Group, LayerInfo } from "../api/types.ts";
import { say, t } from "../i18n/t.ts";
import { icon } from "./icons.ts";
import { layerRow } from "./layer-row.ts";
import { Part } from "./part.ts";

const SKELETON = [5, 3, 6, 4, 5, 3, 4];

/** The left panel: search above, then the layers in their groups. */
export class Panel extends Part {
  static override properties = { ...Part.properties, shut: { state: true } };
  declare shut: ReadonlySet<string>;

  constructor() {
    super();
    this.shut = new Set();
  }

  protected override watched() {
    return ["on", "filters", "counts", "counting", "opened", "panel", "phone", "page"] as const;
  }

  protected override render() {
    const { panel, phone, page } = this.state;
    if (!panel && !phone) {
      return html`<button class="unfold card" type="button" @click=${() => this.fold(true)}
        aria-label=${t("panel.unfold")} title=${t("panel.unfold")}>${icon("right")}</button>`;
    }
    return html`
      <section class="panel card" data-covers=${phone ? nothing : "left"} aria-label=${t("panel")}>
        <header class="masthead">
          <h1>${page ? say(page.city.title) : ""}<span>${t("title")}</span></h1>
          ${
            phone
              ? nothing
              : html`<button class="quiet" type="button" @click=${() => this.fold(false)}
                aria-label=${t("panel.fold")} title=${t("panel.fold")}>${icon("left")}</button>`
          }
        </header>
        <om-search .app=${this.app}></om-search>
        <div class="layers">${this.body()}</div>
        ${page?.reader.note && say(page.reader.note) ? html`<p class="note">${say(page.reader.note)}</p>` : nothing}
      </section>`;
  }

  private body(): TemplateResult | TemplateResult[] {
    const { catalogue } = this.state;
    if (catalogue.is === "loading") {
      return html`<div class="skeleton" role="status" aria-label=${t("state.loading")}>
        ${SKELETON.map((w) => html`<i class="w${w}"></i>`)}
      </div>`;
    }
    if (catalogue.is === "failed") return html``;
    const { groups, layers } = catalogue.value;
    if (layers.length === 0) return html`<p class="empty">${t("state.empty")}</p>`;
    return groups
      .map((group) =>
        this.group(
          group,
          layers.filter((l) => l.group === group.id),
        ),
      )
      .filter((part) => part !== null);
  }

  private group(group: Group, layers: readonly LayerInfo[]): TemplateResult | null {
    if (layers.length === 0) return null;
    const open = !this.shut.has(group.id);
    const on = layers.filter((l) => this.state.on.has(l.id)).length;
    return html`
      <section class="group">
        <h2>
          <button type="button" aria-expanded=${open ? "true" : "false"} @click=${() => this.toggle(group.id)}>
            ${icon("chevron", 16)}<span>${say(group.title)}</span>
            <small>${on > 0 ? t("layers.on", { n: on }) : ""}</small>
          </button>
        </h2>
        ${open ? html`<ul>${layers.map((layer) => layerRow(this.app, layer))}</ul>` : nothing}
      </section>`;
  }

  private toggle(id: string): void {
    const next = new Set(this.shut);
    if (!next.delete(id)) next.add(id);
    this.shut = next;
  }

  private fold(panel: boolean): void {
    this.app.store.set({ panel });
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(panel ? ".masthead button" : ".unfold")?.focus();
    });
  }
}

customElements.define("om-panel", Panel);
