import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Text } from "../api/types.ts";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { surveys } from "./api.ts";
import { columnTable } from "./columns.ts";
import { encodingChoice, samplesOf } from "./encoding.ts";
import { missing, sameOptions, tidy } from "./mapping.ts";
import { Piece } from "./piece.ts";
import { positionCard } from "./position.ts";
import { trouble } from "./say.ts";
import type { Encoding, Options, Part, Reading } from "./types.ts";
import { known, w } from "./words.ts";

// Their text is in UTF-8, whatever the file says.
const FIXED = ["XLSX", "GeoPackage"];

/** How the file has been understood, and what a person says to that. */
export class ReadingPiece extends Piece {
  static override properties = {
    ...Piece.properties,
    draft: { state: true },
    busy: { state: true },
    error: { state: true },
    chosen: { state: true },
    example: { state: true },
    encodings: { state: true },
  };
  declare draft: Options;
  declare busy: boolean;
  declare error: unknown;
  /** The candidate that is looked at. */
  declare chosen: number | null;
  /** Which of the records that stand for the others is looked at. */
  declare example: number;
  /** How the file reads in each character set; null until that is asked for. */
  declare encodings: readonly Encoding[] | null;

  constructor() {
    super();
    this.draft = {};
    this.busy = false;
    this.error = null;
    this.chosen = null;
    this.example = 0;
    this.encodings = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("batch")) return;
    const before = changed.get("batch") as typeof this.batch | undefined;
    if (before?.id === this.batch.id && before.updated_at === this.batch.updated_at) return;
    this.draft = tidy(this.batch.options);
    this.error = null;
    this.chosen = null;
    this.example = 0;
    if (before?.id !== this.batch.id) this.encodings = null;
  }

  private get locked(): boolean {
    const open = ["uploaded", "parsed", "checked", "rejected"].includes(this.batch.state);
    return !open || this.batch.check?.state === "running" || this.batch.check?.state === "queued";
  }

  protected override render() {
    const { reading, open } = this.batch;
    const unread = open && (!reading || !["", "ask", "refused"].includes(reading.position.outcome));
    return html`
      ${unread && !reading?.parts?.length ? html`<div class="trouble" role="alert"><p><b>${w("read.none")}</b></p><p class="own" lang="en">${open.detail}</p></div>` : nothing}
      ${reading ? this.body(reading) : this.bare()}
      ${this.error ? trouble(this.error) : nothing}
      ${this.bar()}`;
  }

  // Nothing is known of the file: only its encoding and its part can be said.
  private bare(): TemplateResult {
    return html`${this.encoding(null)}
      <p><button type="button" class="plain" ?disabled=${this.busy || this.locked} @click=${() => this.apply(this.draft)}>${w("read.again")}</button></p>`;
  }

  private body(reading: Reading): TemplateResult {
    const layer = this.layer;
    return html`
      <dl class="facts-row">
        <div><dt>${w("read.format")}</dt><dd>${reading.format || "–"}</dd></div>
        ${reading.rows > 0 ? html`<div><dt>${w("read.rows")}</dt><dd class="number">${w("read.seen", { n: whole(reading.rows) })}</dd></div>` : nothing}
      </dl>
      ${this.parts(reading)}
      ${reading.parts?.length ? nothing : this.encoding(reading)}
      ${reading.joined ? html`<p class="part-of">${w("read.joined", { ...reading.joined, by: say(this.field(reading.joined.by)?.title) || reading.joined.by })}</p>` : nothing}
      ${this.problems(reading.problems)}
      ${reading.columns?.length ? positionCard(reading.position, this.draft, this) : nothing}
      ${reading.columns?.length && layer ? columnTable(layer, reading, this.draft, this.locked, (draft) => this.edit(draft)) : nothing}`;
  }

  private encoding(reading: Reading | null): TemplateResult | typeof nothing {
    const fixed = FIXED.includes(reading?.format ?? "");
    const found = this.draft.encoding || reading?.encoding || "";
    if (fixed && !this.draft.encoding) return nothing;
    return html`<section class="block encoding"><h3>${w("read.encoding")}<b class="found">${found || w("read.encoding.auto")}</b></h3>
      ${samplesOf(reading)}
      <details ?open=${reading === null} @toggle=${this.opened}><summary>${w("read.encoding.other")}</summary>
        ${encodingChoice(this.encodings, this.draft.encoding ?? "", this.fixed, (encoding) => void this.apply({ ...this.draft, encoding }))}</details></section>`;
  }

  private async opened(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.encodings) return;
    const { id } = this.batch;
    try {
      const list = await surveys.encodings(id);
      if (id === this.batch.id) this.encodings = list;
    } catch (error) {
      this.error = error;
    }
  }

  private parts(reading: Reading): TemplateResult | typeof nothing {
    if (!reading.parts?.length) {
      return this.batch.options.part
        ? html`<p class="part-of">${w("read.part")} <b>${this.batch.options.part}</b> <button type="button" class="text" ?disabled=${this.locked} @click=${() => this.apply({ ...this.draft, part: "", geometry: "" })}>${w("read.parts.other")}</button></p>`
        : nothing;
    }
    return html`<fieldset class="choice"><legend>${w("read.parts")}</legend>
      ${reading.parts.map(
        (
          part,
        ) => html`<label><input type="radio" name="part" .checked=${this.draft.part === part.name} ?disabled=${this.locked}
          @change=${() => this.edit({ ...this.draft, part: part.name })} />
          <span>${part.rows >= 0 ? w("read.part.rows", { name: part.name, n: whole(part.rows) }) : part.name}
          ${part.note ? html`<small class="hint">${known("read.note", part.note)}</small>` : nothing}</span></label>`,
      )}
      ${this.draft.part ? this.geometry(reading.parts, this.draft.part) : nothing}</fieldset>`;
  }

  // Forms and shapes may come apart, such as a workbook beside a shapefile.
  private geometry(parts: readonly Part[], part: string): TemplateResult {
    const said = this.draft.geometry ?? "";
    return html`<label class="geometry">${w("read.geometry")} <select ?disabled=${this.locked}
      @change=${(e: Event) => this.edit({ ...this.draft, geometry: (e.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${said === ""}>${w("read.geometry.none")}</option>
      ${parts.filter((p) => p.name !== part).map((p) => html`<option value=${p.name} ?selected=${said === p.name}>${p.name}</option>`)}</select></label>`;
  }

  private problems(list: readonly Text[] | undefined): TemplateResult | typeof nothing {
    if (!list?.length) return nothing;
    return html`<section class="block"><h3>${w("read.problems")}</h3>
      <ul class="said">${list.map((p) => html`<li>${say(p)}</li>`)}</ul></section>`;
  }

  private bar(): TemplateResult | typeof nothing {
    const changed = !sameOptions(this.draft, this.batch.options);
    if (!changed && !this.busy) return nothing;
    const without =
      this.layer && this.batch.reading ? missing(this.layer, this.batch.reading, this.draft) : [];
    return html`<div class="apply" role="status">
      <span>${w("read.changed")}${without.length > 0 ? html` · <span class="bad">${w("columns.missing")}: ${without.map((f) => say(f.title)).join("、")}</span>` : nothing}</span>
      <span class="grow"></span>
      <button type="button" class="plain" ?disabled=${this.busy} @click=${() => this.edit(tidy(this.batch.options))}>${w("read.undo")}</button>
      <button type="button" class="main" ?disabled=${this.busy} @click=${() => this.apply(this.draft)}>${this.busy ? w("read.applying") : w("read.apply")}</button>
    </div>`;
  }

  edit(draft: Options): void {
    this.draft = tidy(draft);
  }

  get fixed(): boolean {
    return this.locked || this.busy;
  }

  /** Shows one candidate's places on the map, or those of all. */
  look(only: number | null): void {
    this.chosen = only;
    this.shown();
  }

  /** Shows where another record lies, by each candidate. */
  turn(example: number): void {
    this.example = example;
    this.shown();
  }

  private shown(): void {
    const detail = { only: this.chosen, example: this.example };
    this.dispatchEvent(new CustomEvent("om-candidate", { detail, bubbles: true }));
  }

  async apply(draft: Options): Promise<void> {
    this.busy = true;
    this.error = null;
    try {
      this.changed(await surveys.options(this.batch.id, tidy(draft)));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("om-import-reading", ReadingPiece);
