import { html, nothing, type TemplateResult } from "lit";
import type { Hit, LngLat } from "../api/types.ts";
import { position } from "../format/angle.ts";
import { coordinates } from "../format/coordinates.ts";
import { say, t } from "../i18n/t.ts";
import { icon } from "./icons.ts";
import { Part } from "./part.ts";
import { layerKey } from "./symbol.ts";

const PAUSE = 160;

/** The search box and what it finds: a combobox with a list (WAI-ARIA 1.2). */
export class Search extends Part {
  static override properties = {
    ...Part.properties,
    text: { state: true },
    hits: { state: true },
    more: { state: true },
    at: { state: true },
    phase: { state: true },
  };
  declare text: string;
  declare hits: readonly Hit[];
  declare more: boolean;
  declare at: number;
  declare phase: "idle" | "waiting" | "done" | "failed";
  private composing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;

  constructor() {
    super();
    this.reset();
    this.text = "";
  }

  private reset(): void {
    this.hits = [];
    this.more = false;
    this.at = -1;
    this.phase = "idle";
  }

  private get point(): LngLat | null {
    return coordinates(this.text);
  }

  protected override render() {
    const open = this.phase !== "idle" || this.point !== null;
    return html`
      <div class="search" role="search">
        <label class="box">
          ${icon("search", 18)}
          <input type="search" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="search"
            placeholder=${t("search")} aria-label=${t("search")} aria-expanded=${open ? "true" : "false"}
            aria-controls="hits" aria-autocomplete="list"
            aria-activedescendant=${this.at >= 0 ? `hit-${this.at}` : nothing}
            .value=${this.text} @input=${this.typed} @keydown=${this.key}
            @compositionstart=${() => {
              this.composing = true;
            }}
            @compositionend=${this.composed} />
        </label>
        ${this.text ? html`<button type="button" class="quiet" aria-label=${t("search.clear")} title=${t("search.clear")} @click=${this.clear}>${icon("close", 16)}</button>` : nothing}
        ${open ? this.list() : nothing}
        <p class="sr" role="status">${this.phase === "done" ? t("search.found", { n: this.hits.length }) : ""}</p>
      </div>`;
  }

  private list(): TemplateResult {
    const { point } = this;
    return html`<div class="hits card"><ul id="hits" role="listbox" aria-label=${t("search")}>
        ${
          point
            ? html`<li role="option" id="hit-goto" aria-selected="false" @click=${() => this.app.goToPoint(point)}>
          ${icon("target", 16)}<b>${t("search.goto", { p: position(point, "degrees") })}</b></li>`
            : nothing
        }
        ${this.hits.map((hit, i) => this.hit(hit, i))}
      </ul>
      ${this.phase === "waiting" && this.hits.length === 0 && !point ? html`<p>${t("search.wait")}</p>` : nothing}
      ${this.phase === "failed" ? html`<p class="bad">${say(this.state.page?.archive?.notice) || t("state.error")} <button type="button" class="text" @click=${() => this.ask()}>${t("state.retry")}</button></p>` : nothing}
      ${this.phase === "done" && this.hits.length === 0 && !point ? html`<p>${t("search.none", { q: this.text })}</p>` : nothing}
      ${this.more ? html`<p>${t("search.more")}</p>` : nothing}
    </div>`;
  }

  private hit(hit: Hit, i: number): TemplateResult {
    const layer = this.app.layer(hit.layer);
    const field = layer?.fields.find((f) => f.name === hit.field);
    const other = hit.field !== layer?.label && hit.text && hit.text !== hit.label;
    return html`<li role="option" id="hit-${i}" aria-selected=${i === this.at ? "true" : "false"}
      @click=${() => this.choose(hit)} @pointermove=${() => {
        this.at = i;
      }}>
      ${layer ? layerKey(layer) : nothing}
      <span><b>${lit(hit.label, this.text)}</b>
        <small>${layer ? say(layer.title) : hit.layer}${other ? html` · ${field ? say(field.title) : ""} ${lit(hit.text ?? "", this.text)}` : nothing}
        ${hit.point ? nothing : html` · ${t("search.unplaced")}`}</small></span>
    </li>`;
  }

  private typed(event: Event): void {
    this.text = (event.target as HTMLInputElement).value;
    // Half-made syllables of an input method are not asked for.
    if (!this.composing) this.later();
  }

  private composed(event: Event): void {
    this.composing = false;
    this.text = (event.target as HTMLInputElement).value;
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    if (this.text.trim() === "") {
      this.reset();
      return;
    }
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  private async ask(): Promise<void> {
    const mine = new AbortController();
    this.running = mine;
    this.phase = "waiting";
    try {
      const { hits, more } = await this.app.client.search(this.text.trim(), mine.signal);
      if (mine.signal.aborted) return;
      this.hits = hits ?? [];
      this.more = Boolean(more);
      this.at = this.hits.length > 0 ? 0 : -1;
      this.phase = "done";
    } catch {
      if (!mine.signal.aborted) this.phase = "failed";
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    const n = this.hits.length;
    if (event.key === "ArrowDown" && n > 0) this.at = (this.at + 1) % n;
    else if (event.key === "ArrowUp" && n > 0) this.at = (this.at + n - 1) % n;
    else if (event.key === "Enter") this.enter();
    else if (event.key === "Escape") this.clear();
    else return;
    event.preventDefault();
    void this.updateComplete.then(() =>
      this.querySelector(`#hit-${this.at}`)?.scrollIntoView({ block: "nearest" }),
    );
  }

  private enter(): void {
    const hit = this.hits[this.at];
    if (this.point) this.app.goToPoint(this.point);
    else if (hit) this.choose(hit);
    else if (this.text.trim()) void this.ask();
  }

  private choose(hit: Hit): void {
    this.reset();
    this.app.goTo(hit);
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.text = "";
    this.reset();
    this.querySelector("input")?.focus();
  }
}

/** The text with what was looked for made bold. */
function lit(text: string, part: string): TemplateResult {
  const q = part.trim();
  const i = text.toLowerCase().indexOf(q.toLowerCase());
  if (q === "" || i < 0) return html`${text}`;
  return html`${text.slice(0, i)}<mark>${text.slice(i, i + q.length)}</mark>${text.slice(i + q.length)}`;
}

customElements.define("om-search", Search);
