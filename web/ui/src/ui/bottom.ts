import { html, nothing, type TemplateResult } from "lit";
import type { LngLat } from "../api/types.ts";
import { position, SYSTEMS, type System } from "../format/angle.ts";
import { length } from "../format/number.ts";
import { age, moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";
import { scaleBar } from "../map/scale.ts";
import { Part } from "./part.ts";

/** The line at the foot of the map: scale, position, age of the data, what it is. */
export class Bottom extends Part {
  static override properties = { ...Part.properties, at: { state: true } };
  declare at: LngLat | null;
  private readonly moved = (event: Event) => {
    this.at = (event as CustomEvent<LngLat>).detail;
  };

  constructor() {
    super();
    this.at = null;
  }

  protected override watched() {
    return ["view", "system", "counts", "page", "basemap", "online"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("om-position", this.moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("om-position", this.moved);
  }

  protected override render() {
    const { view, system, page } = this.state;
    const at: LngLat | null = this.at ?? (view ? [view.lng, view.lat] : null);
    return html`<footer class="bottom card">
      ${view ? this.scale(view.lat, view.zoom) : nothing}
      <label class="system"><select aria-label=${t("system")} .value=${system}
        @change=${(e: Event) => this.app.setSystem((e.target as HTMLSelectElement).value as System)}>
        ${SYSTEMS.map((s) => html`<option value=${s} ?selected=${s === system}>${t(`system.${s}`)}</option>`)}
      </select></label>
      <output class="position number" aria-live="off">${at ? position(at, system) : ""}</output>
      <span class="grow"></span>
      ${this.age()}
      <span class="ground">${this.attribution()}</span>
      ${page?.synthetic ? html`<span class="tag synthetic" title=${t("bottom.synthetic.help")}>${t("bottom.synthetic")}</span>` : nothing}
    </footer>`;
  }

  private scale(lat: number, zoom: number): TemplateResult {
    const bar = scaleBar(lat, zoom);
    return html`<svg class="scale" role="img" aria-label="${t("bottom.scale")} ${length(bar.metres)}" width=${bar.px + 2} height="18">
      <path d="M1 9v6h${bar.px}v-6" fill="none" stroke="currentColor" stroke-width="1.5"></path>
      <text x=${bar.px / 2 + 1} y="10" text-anchor="middle">${round(length(bar.metres))}</text></svg>`;
  }

  private age(): TemplateResult | typeof nothing {
    const times = Object.values(this.state.counts).map((c) => c.newest ?? "");
    const newest = times.sort().at(-1);
    if (!newest) return nothing;
    return html`<span class="age" title=${t("bottom.newest", { time: moment(newest) })}>${t("bottom.age", { age: age(newest) })}</span>`;
  }

  private attribution(): string {
    const { page, basemap } = this.state;
    const base = page?.basemaps.find((b) => b.id === basemap);
    return base ? (base.attribution ?? say(base.title)) : t("bottom.ground");
  }
}

// Whole units need no decimals on a scale: 5 千米, not 5.00.
function round(text: string): string {
  return text.replace(/\.0+(?=\s)/, "");
}

customElements.define("om-bottom", Bottom);
