import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { unit, whole } from "../format/number.ts";
import { age, moment } from "../format/time.ts";
import { lang, say } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { Part } from "../ui/part.ts";
import { type Answered, FORMS, questions } from "./api.ts";
import { ROW } from "./colours.ts";
import { compared, differs, shapeOn } from "./compare.ts";
import { bandsOf, colourOf, lit, rowFeatures, shapeFeatures } from "./features.ts";
import type { Overlay, Pointed } from "./overlay.ts";
import { boxOf, middle } from "./shape.ts";
import { table } from "./table.ts";
import type { Answer, Drawing, Figure, Row, Source, Table, Trouble } from "./types.ts";
import { figure, withUnit, written } from "./value.ts";
import { w } from "./words.ts";
import "./twin.ts";

/** How many rows of a list are shown at first, of figures that are bars above, and how many more each time. */
const PAGE = 50;
const BESIDE_BARS = 6;
const MORE = 200;

/** How many figures are shown at first. */
const FIGURES = 9;

/** An answer: its figures, lists and shapes, and what it rests on. */
export class AnswerView extends Part {
  static override properties = {
    ...Part.properties,
    answered: { attribute: false },
    overlay: { attribute: false },
    still: { type: Boolean },
    whole: { state: true },
    open: { state: true },
    figures: { state: true },
    selected: { state: true },
    shown: { state: true },
    veiled: { state: true },
    differing: { state: true },
  };
  declare answered: Answered;
  declare overlay: Overlay | null;
  /** Whether the map stays where it is: the link says where. */
  declare still: boolean;
  /** Whether all figures are shown. */
  declare whole: boolean;
  /** The number of the open list, whose rows are numbered on the map; -1: none. */
  declare open: number;
  /** The numbers of the open tables that have no places. */
  declare figures: ReadonlySet<number>;
  declare selected: number;
  /** How many rows are shown, by the number of the table. */
  declare shown: ReadonlyMap<number, number>;
  declare veiled: boolean;
  /** Whether of a comparison only the rows that differ are shown. */
  declare differing: boolean;
  /** Told what the pointer is at on the second map. */
  declare pointed: (at: Pointed | null) => void;

  constructor() {
    super();
    this.overlay = null;
    this.still = false;
    this.whole = false;
    this.open = -1;
    this.figures = new Set();
    this.selected = -1;
    this.shown = new Map();
    this.veiled = true;
    this.differing = true;
  }

  private shownFor: Answer | null = null;
  private language = lang();

  private get answer(): Answer {
    return this.answered.answer;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.overlay?.clear();
    this.app.map?.light(null);
    this.app.map?.mark(null);
    if (this.overlay) this.overlay.picked = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("answered")) return;
    // The first figures and the first list with places are what one looks at.
    const { tables } = this.answer;
    this.open = tables.findIndex(hasPlaces);
    this.figures = new Set([tables.findIndex((t) => !hasPlaces(t) && t.rows.length > 0)]);
    this.selected = -1;
    this.shown = new Map();
  }

  protected override updated(changed: PropertyValues): void {
    const { overlay, answer } = this;
    if (!overlay) return;
    overlay.picked = (key) => this.picked(key);
    const turned = this.language !== lang();
    this.language = lang();
    if (turned || ["answered", "open", "veiled", "overlay"].some((k) => changed.has(k))) {
      const side = compared(answer) ? "scenario" : null;
      overlay.show(shapeFeatures(answer, side), rowFeatures(answer, this.open, side), this.veiled);
    }
    if (this.shownFor === answer) return;
    this.shownFor = answer;
    if (!this.still) this.fit();
  }

  /** Moves the map so that all that is drawn is in sight. */
  private fit(): void {
    const { shapes, tables } = this.answer;
    const box = boxOf([
      ...shapes.map((s) => s.geometry),
      ...(shapes.length > 0 ? [] : tables.flatMap((t) => t.rows.map((r) => r.geometry))),
    ]);
    if (box) this.app.map?.camera.fit(box, 15);
  }

  private picked(key: string): void {
    const [t, r] = key.split("/").map(Number);
    if (t === undefined || r === undefined) return;
    this.open = t;
    this.select(r, false);
    void this.updateComplete.then(() =>
      this.querySelector("tr[aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
    );
  }

  private select(index: number, go = true): void {
    const t = this.answer.tables[this.open];
    const row = t?.rows[index];
    if (!t || !row?.geometry) return;
    this.selected = index;
    const geometry = lit(this.answer, t, row);
    const { map } = this.app;
    map?.mark(geometry);
    const at = middle(row.geometry);
    if (!go || !map || !at) return;
    const box = boxOf([geometry]);
    if (box && box[2] - box[0] + box[3] - box[1] > 1e-4) map.camera.fit(box, 16);
    else map.camera.fly(at, Math.max(14, this.state.view?.zoom ?? 14));
  }

  protected override render() {
    const { answer } = this;
    const twofold = compared(answer);
    return html`${twofold ? html`<om-ask-twin .app=${this.app} .answer=${answer} .open=${this.open} .pointed=${this.pointed}></om-ask-twin>` : nothing}<div class="answer">
      ${answer.summary.length > 0 ? html`<dl class="figures">${answer.summary.slice(0, this.whole ? undefined : FIGURES).map((f) => html`<div data-figure=${f.id}><dt>${say(f.title)}</dt><dd>${amount(f)}</dd></div>`)}</dl>` : nothing}
      ${
        answer.summary.length > FIGURES && !this.whole
          ? html`<p><button type="button" class="text" @click=${() => {
              this.whole = true;
            }}>${w("answer.figures", { n: answer.summary.length })}</button></p>`
          : nothing
      }
      ${answer.problems.length > 0 ? this.problems(answer.problems) : nothing}
      ${this.legend()}
      ${
        twofold
          ? html`<label class="check"><input type="checkbox" data-act="differing" .checked=${this.differing} @change=${(
              e: Event,
            ) => {
              this.differing = (e.target as HTMLInputElement).checked;
            }} />${w("compare.only")}</label>`
          : nothing
      }
      ${answer.tables.map((t, i) => this.table(t, i))}
      ${this.sources()}
      ${answer.assumptions.length > 0 ? html`<section class="basis"><h4>${w("answer.assumptions")}</h4><ul>${answer.assumptions.map((a) => html`<li>${say(a)}</li>`)}</ul></section>` : nothing}
      ${this.files()}
      <p class="took number">${w("answer.took", { ms: figure(answer.took_ms) })} · ${w("answer.at", { time: moment(answer.asked_at) })}</p>
    </div>`;
  }

  private problems(list: readonly Trouble[]): TemplateResult {
    return html`<section class="problems" role="note"><h4>${w("answer.problems")}</h4>
      <ul>${list.slice(0, 20).map((p) => html`<li>${say(p.text)}${p.geometry ? html` <button type="button" class="quiet" aria-label=${w("answer.legend")} @click=${() => this.look(p.geometry)}>${icon("target", 14)}</button>` : nothing}</li>`)}</ul>
      ${list.length > 20 ? html`<p>${w("table.beyond", { n: whole(list.length - 20) })}</p>` : nothing}</section>`;
  }

  private look(geometry: GeoJSON.Geometry | null | undefined): void {
    const at = geometry && middle(geometry);
    if (!at) return;
    this.app.map?.mark(geometry);
    this.app.map?.camera.fly(at, Math.max(13, this.state.view?.zoom ?? 13));
  }

  private table(t: Table, i: number): TemplateResult {
    const placed = hasPlaces(t);
    const open = placed ? i === this.open : this.figures.has(i);
    const shown = this.shown.get(i) ?? (t.chart ? BESIDE_BARS : PAGE);
    return table(t, {
      open,
      selected: i === this.open ? this.selected : -1,
      shown,
      keep: (row: Row) => !this.differing || !compared(this.answer) || differs(t, row),
      turn: () => {
        if (placed) this.turn(open ? -1 : i);
        else this.figures = new Set([...this.figures, i].filter((n) => n !== i || !open));
      },
      more: () => {
        this.shown = new Map(this.shown).set(i, shown + MORE);
      },
      light: (row: Row | null) => this.app.map?.light(row && lit(this.answer, t, row)),
      select: (index: number) => this.select(index),
      record: (row: Row) => this.app.select({ layer: row.layer as string, id: row.id as number }),
    });
  }

  private turn(open: number): void {
    this.open = open;
    this.selected = -1;
    this.app.map?.mark(null);
  }

  // What the map shows of the answer, each kind once, bands one by one.
  private legend(): TemplateResult {
    const { shapes } = this.answer;
    const limits = bandsOf(this.answer);
    const seen = new Map<string, { shape: Drawing; text: string; n: number }>();
    for (const s of shapes) {
      if (!s.geometry || !shapeOn(s, compared(this.answer) ? "scenario" : null)) continue;
      const band = s.role === "band";
      const key = band ? `band ${s.value}` : s.role === "way" ? "way" : `${s.role} ${s.id}`;
      const before = seen.get(key);
      const text = band && s.value !== undefined ? `≤ ${withUnit(s.value, s.unit)}` : say(s.title);
      seen.set(key, { shape: s, text, n: (before?.n ?? 0) + 1 });
    }
    const rows = this.answer.tables[this.open]?.rows.some((r) => r.geometry);
    return html`<section class="on-map"><h4>${w("answer.legend")}</h4>
      <ul>${[...seen.values()].sort((a, b) => (a.shape.value ?? 0) - (b.shape.value ?? 0)).map(({ shape, text, n }) => html`<li>${swatch(shape.role, colourOf(shape, limits))}${n > 1 && shape.role !== "band" ? general(shape) : text}${n > 1 ? html` <small class="number">${whole(n)}</small>` : nothing}</li>`)}
        ${rows ? html`<li>${swatch("row", ROW)}${w("role.row")}</li>` : nothing}</ul>
      <div class="row"><button type="button" class="text" @click=${() => this.fit()}>${w("answer.fit")}</button>
        <label class="check"><input type="checkbox" .checked=${this.veiled} @change=${(
          e: Event,
        ) => {
          this.veiled = (e.target as HTMLInputElement).checked;
        }} />${w("answer.veil")}</label></div>
    </section>`;
  }

  private sources(): TemplateResult | typeof nothing {
    const { sources } = this.answer;
    if (sources.length === 0) return nothing;
    return html`<details class="basis"><summary><h4>${w("answer.sources")}</h4><small class="number">${whole(sources.length)}</small></summary>
      <ul class="sources">${sources.map((s) => this.source(s))}</ul></details>`;
  }

  private source(s: Source): TemplateResult {
    const facts = [
      s.edition > 0 ? w("source.edition", { n: s.edition }) : w("source.none"),
      s.newest ? w("source.age", { age: age(s.newest) }) : "",
      w("source.used", { n: whole(s.used) }),
      s.unplaced > 0 ? w("source.unplaced", { n: whole(s.unplaced) }) : "",
      s.filter ? w("source.filter", { text: s.filter }) : "",
    ];
    return html`<li title=${s.newest ? moment(s.newest) : ""}><b>${say(s.title)}</b> <span>${facts.filter((f) => f !== "").join(" · ")}</span></li>`;
  }

  private files(): TemplateResult {
    const { job } = this.answered;
    const names = { geojson: "GeoJSON", gpkg: "GeoPackage", xlsx: "XLSX", html: w("answer.print") };
    return html`<section class="files"><h4>${w("answer.file")}</h4><div class="row">
      ${FORMS.map((form) => html`<a class="plain" href=${questions.export(job, form, lang())} target="_blank" rel="noopener" data-form=${form}>${icon(form === "html" ? "print" : "file", 15)}${names[form]}</a>`)}
      <button type="button" class="plain" @click=${() => void this.app.copyLink(w("answer.copied"))}>${icon("link", 15)}${w("answer.link")}</button></div></section>`;
  }
}

// What several shapes of one kind are called together.
function general({ role, geometry }: Drawing): string {
  const line = geometry?.type.endsWith("LineString");
  return w(role === "gap" && line ? "role.gap.way" : `role.${role}`);
}

// A figure with its unit in small.
function amount({ value, unit: code }: Figure): TemplateResult {
  const name = typeof value === "number" ? unit(code) : "";
  return html`${written(value, { unit: code })}${name ? html`<small>${name}</small>` : nothing}`;
}

function hasPlaces(t: Table): boolean {
  return t.rows.some((r) => r.geometry);
}

function swatch(kind: string, colour: string): TemplateResult {
  const inner = {
    area: html`<svg width="18" height="14" aria-hidden="true"><rect x="1.5" y="1.5" width="15" height="11" fill="#10222c14" stroke="#10222c" stroke-width="1.6" stroke-dasharray="3 2"></rect></svg>`,
    band: html`<svg width="18" height="14" aria-hidden="true"><rect x="1" y="1" width="16" height="12" rx="2" fill=${colour}></rect></svg>`,
    way: html`<svg width="18" height="14" aria-hidden="true"><path d="M1 11C6 11 7 3 17 3" fill="none" stroke=${colour} stroke-width="3"></path></svg>`,
    gap: html`<svg width="18" height="14" aria-hidden="true"><path d="M1 13 13 1M5 13 17 1M1 7 7 1M11 13l6-6" stroke=${colour} stroke-width="1.8"></path></svg>`,
    place: html`<svg width="18" height="14" aria-hidden="true"><circle cx="9" cy="7" r="4.5" fill="#fff" stroke="#10222c" stroke-width="3"></circle></svg>`,
    row: html`<svg width="18" height="14" aria-hidden="true"><circle cx="9" cy="7" r="6" fill=${colour}></circle></svg>`,
  } as Record<string, TemplateResult>;
  return inner[kind] ?? (inner.area as TemplateResult);
}

customElements.define("om-ask-answer", AnswerView);
