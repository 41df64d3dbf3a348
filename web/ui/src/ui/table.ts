import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { boxText } from "../api/client.ts";
import { type Field, fieldOf, type Item, type ItemPage, type LayerInfo } from "../api/types.ts";
import type { Table } from "../app/state.ts";
import { whole } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import type { Pointed } from "../map/pointer.ts";
import { icon } from "./icons.ts";
import { Part } from "./part.ts";
import { coded, plain } from "./value.ts";

const PAGE = 50;
const COLUMNS = 8;

/** The list at the foot of the map: every record of one layer that the map shows, as a table. */
export class TablePanel extends Part {
  static override properties = {
    ...Part.properties,
    rows: { state: true },
    all: { state: true },
    next: { state: true },
    phase: { state: true },
    lit: { state: true },
  };
  declare rows: readonly Item[];
  declare all: number;
  declare next: string;
  declare phase: "idle" | "loading" | "failed";
  /** The record that the pointer is on, on the map. */
  declare lit: number | null;
  private running: AbortController | undefined;
  private readonly pointed = (event: Event) => {
    const at = (event as CustomEvent<Pointed | null>).detail?.found;
    this.lit = at && at.layer === this.state.table?.layer ? at.id : null;
  };
  private asked = "";

  constructor() {
    super();
    this.rows = [];
    this.all = 0;
    this.next = "";
    this.phase = "idle";
    this.lit = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("om-pointed", this.pointed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("om-pointed", this.pointed);
  }

  protected override watched() {
    return ["table", "box", "selection"] as const;
  }

  protected override updated(_changed: PropertyValues): void {
    const { table, box } = this.state;
    if (!table || !box) {
      this.asked = "";
      return;
    }
    const key = JSON.stringify([table, table.inView ? boxText(box) : ""]);
    if (key !== this.asked) void this.fetch(key, table);
  }

  private async fetch(key: string, table: Table): Promise<void> {
    this.asked = key;
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    const { box } = this.state;
    this.phase = "loading";
    try {
      const more = { ...(table.inView && box ? { bbox: boxText(box) } : {}), limit: PAGE };
      this.take(await this.app.client.items(table.layer, table.filters, more, mine.signal), false);
    } catch {
      if (!mine.signal.aborted) this.phase = "failed";
    }
  }

  private async further(): Promise<void> {
    this.phase = "loading";
    try {
      this.take(await this.app.client.follow(this.next), true);
    } catch {
      this.phase = "failed";
    }
  }

  private take(page: ItemPage, append: boolean): void {
    this.rows = append ? [...this.rows, ...page.features] : page.features;
    this.all = page.numberMatched ?? this.rows.length;
    this.next = page.links?.find((l) => l.rel === "next")?.href ?? "";
    this.phase = "idle";
  }

  protected override render() {
    const { table } = this.state;
    const layer = table ? this.app.layer(table.layer) : undefined;
    if (!table || !layer) return nothing;
    const columns = this.columns(layer);
    return html`
      <section class="table card" data-covers="bottom" data-brief aria-label=${t("table")}
        @keydown=${(e: KeyboardEvent) => e.key === "Escape" && this.app.showTable(null)}>
        <header>
          <h2>${t("table")}</h2>
          <label><select aria-label=${t("table.layer")} @change=${(e: Event) => this.app.showTable({ layer: (e.target as HTMLSelectElement).value, filters: this.app.filtersOf((e.target as HTMLSelectElement).value), inView: table.inView })}>
            ${this.app.layers.map((l) => html`<option value=${l.id} ?selected=${l.id === layer.id}>${say(l.title)}</option>`)}
          </select></label>
          <label class="check"><input type="checkbox" .checked=${table.inView} @change=${() => this.app.showTable({ ...table, inView: !table.inView })} />${t("table.inview")}</label>
          ${this.chips(layer, table)}
          <span class="grow"></span>
          <span class="number" role="status">${t("table.count", { shown: whole(this.rows.length), all: whole(this.all) })}</span>
          <button type="button" class="quiet" aria-label=${t("table.close")} title=${t("table.close")} @click=${() => this.app.showTable(null)}>${icon("close")}</button>
        </header>
        <div class="scroll" aria-busy=${this.phase === "loading" ? "true" : "false"}>
          ${this.rows.length > 0 ? this.grid(layer, columns) : nothing}
          ${this.phase === "idle" && this.rows.length === 0 ? html`<p class="empty">${t("table.none")}</p>` : nothing}
          ${
            this.phase === "failed"
              ? html`<p class="bad" role="alert">${t("state.error")} <button type="button" class="text" @click=${() => {
                  this.asked = "";
                  this.requestUpdate();
                }}>${t("state.retry")}</button></p>`
              : nothing
          }
          ${this.next && this.rows.length > 0 ? html`<button type="button" class="text more" @click=${() => this.further()}>${t("table.more", { n: Math.min(PAGE, this.all - this.rows.length) })}</button>` : nothing}
        </div>
      </section>`;
  }

  // The name first, then what the map draws and filters by, then the rest.
  private columns(layer: LayerInfo): Field[] {
    const rank = (f: Field) =>
      f.name === layer.label ? 0 : f.name === layer.style.by ? 1 : f.filter ? 2 : 3;
    return [...layer.fields].sort((a, b) => rank(a) - rank(b)).slice(0, COLUMNS);
  }

  private chips(layer: LayerInfo, table: Table): TemplateResult[] {
    return Object.entries(table.filters).map(([name, value]) => {
      const field = fieldOf(layer, name);
      const { [name]: _, ...rest } = table.filters;
      const words = field?.codes
        ? value
            .split(",")
            .map((v) => plain(layer, { ...field, type: "code" }, v))
            .join(t("list.and"))
        : value;
      return html`<button type="button" class="chip" aria-pressed="true" @click=${() => this.app.showTable({ ...table, filters: rest })}>
        ${field ? say(field.title) : name}: ${words} ×</button>`;
    });
  }

  private grid(layer: LayerInfo, columns: readonly Field[]): TemplateResult {
    const selected = this.state.selection;
    const numeric = (f: Field) => f.type === "integer" || f.type === "number";
    return html`<table>
      <thead><tr>${columns.map((f) => html`<th scope="col" class=${numeric(f) ? "number" : ""}>${say(f.title)}</th>`)}</tr></thead>
      <tbody>${this.rows.map(
        (item) => html`
        <tr tabindex="0" class=${item.id === this.lit ? "lit" : ""} aria-selected=${selected?.layer === layer.id && selected.id === item.id ? "true" : "false"}
          @click=${() => this.open(layer, item)}
          @keydown=${(e: KeyboardEvent) => e.key === "Enter" && this.open(layer, item)}
          @pointerenter=${() => this.app.map?.light(item.geometry)} @focus=${() => this.app.map?.light(item.geometry)}
          @pointerleave=${() => this.app.map?.light(null)} @blur=${() => this.app.map?.light(null)}>
          ${columns.map(
            (f, i) => html`<td class=${numeric(f) ? "number" : ""}>
            ${f.name === layer.style.by ? coded(layer, f, String(item.properties[f.name] ?? "")) : plain(layer, f, item.properties[f.name])}
            ${i === 0 && !item.geometry ? html`<span class="tag">${t("table.unplaced")}</span>` : nothing}</td>`,
          )}
        </tr>`,
      )}
      </tbody></table>`;
  }

  private open(layer: LayerInfo, item: Item): void {
    this.app.select({ layer: layer.id, id: item.id });
    if (item.geometry?.type === "Point") {
      const [lng, lat] = item.geometry.coordinates as [number, number];
      requestAnimationFrame(() => this.app.map?.camera.reveal([lng, lat]));
    }
  }
}

customElements.define("om-table", TablePanel);
