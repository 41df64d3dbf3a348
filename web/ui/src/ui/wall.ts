import { html, nothing, type TemplateResult } from "lit";
import type { Item, LayerInfo } from "../api/types.ts";
import { compact } from "../format/number.ts";
import { age, clock, day, weekday } from "../format/time.ts";
import { lang, say, t } from "../i18n/t.ts";
import { Part } from "./part.ts";
import { layerKey, swatch, symbol } from "./symbol.ts";
import { coded } from "./value.ts";

const EVENTS = ["warning", "disaster_event"];
const SHOWN = 9;

/** The wall: no panels, larger type, figures, the legend, warnings and events, a clock. */
export class Wall extends Part {
  static override properties = {
    ...Part.properties,
    time: { state: true },
    events: { state: true },
  };
  declare time: Date;
  declare events: readonly { layer: LayerInfo; item: Item }[];
  private ticking: ReturnType<typeof setInterval> | undefined;
  private waiting: (() => void) | undefined;
  private reading: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.time = new Date();
    this.events = [];
  }

  protected override watched() {
    return ["counts", "on", "page"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ticking = setInterval(() => {
      this.time = new Date();
    }, 1_000);
    this.reading = setInterval(() => void this.read(), 60_000);
    this.whenThere();
  }

  // Events can be asked for when it is known which layers there are.
  private whenThere(): void {
    if (this.app.layers.length > 0) void this.read();
    else
      this.waiting = this.app.store.listen(() => {
        if (this.app.layers.length === 0) return;
        this.waiting?.();
        void this.read();
      });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticking);
    clearInterval(this.reading);
    this.waiting?.();
  }

  private async read(): Promise<void> {
    const layers = EVENTS.map((id) => this.app.layer(id)).filter((l) => l !== undefined);
    const pages = await Promise.allSettled(
      layers.map((l) => this.app.client.items(l.id, {}, { limit: SHOWN })),
    );
    this.events = pages
      .flatMap((page, i) =>
        page.status === "fulfilled"
          ? page.value.features.map((item) => ({ layer: layers[i] as LayerInfo, item }))
          : [],
      )
      .sort((a, b) => began(b.item).localeCompare(began(a.item)))
      .slice(0, SHOWN);
  }

  protected override render() {
    const { page } = this.state;
    return html`
      <header class="wall-head" data-covers="top">
        <h1>${page ? `${say(page.city.title)}${lang() === "en" ? " " : ""}` : ""}${t("title")}</h1>
        <p class="clock"><b class="number">${clock(this.time)}</b><span>${day(this.time)} ${weekday(this.time)} · ${t("record.beijing")}</span></p>
      <button type="button" class="text" @click=${() => this.app.store.set({ wall: false })}>${t("wall.exit")}</button>
      </header>
      <section class="wall-figures" data-covers="left" aria-label=${t("wall.view")}>${this.app.layers.filter((l) => this.state.on.has(l.id) && l.group !== "base").map((l) => this.figure(l))}</section>
      <section class="wall-events" data-covers="right"><h2>${t("wall.events")}</h2>
        ${this.events.length === 0 ? html`<p class="empty">${t("wall.noevents")}</p>` : html`<ul>${this.events.map((e) => this.event(e.layer, e.item))}</ul>`}
      </section>`;
  }

  private figure(layer: LayerInfo): TemplateResult {
    const counts = this.app.counts(layer.id);
    return html`<article>
      <h2>${layerKey(layer, 26)}${say(layer.title)}<b class="number">${counts ? compact(counts.inView) : "–"}</b></h2>
      ${
        layer.style.by && counts
          ? html`<ul>${layer.legend.map((c) => html`<li>${c.symbol ? symbol(c.symbol, c.colour ?? layer.style.colour, 20) : swatch(layer, c, 20)}<span>${say(c.title)}</span><b class="number">${compact(counts.inViewBy?.[c.code] ?? 0)}</b></li>`)}</ul>`
          : nothing
      }</article>`;
  }

  private event(layer: LayerInfo, item: Item): TemplateResult {
    const by = layer.fields.find((f) => f.name === layer.style.by);
    const grade = by ? item.properties[by.name] : null;
    const when = began(item);
    return html`<li>
      <b>${String(item.properties[layer.label ?? ""] ?? say(layer.title))}</b>
      <p>${by && typeof grade === "string" ? coded(layer, by, grade) : say(layer.title)}${when ? html` · <time datetime=${when}>${age(when, this.time)}</time>` : nothing}</p></li>`;
  }
}

// When something began: its own time if it has one, else when it was recorded.
function began(item: Item): string {
  const p = item.properties;
  return String(p.valid_from ?? p.effective ?? p.started ?? p.recorded_at ?? "");
}

customElements.define("om-wall", Wall);
