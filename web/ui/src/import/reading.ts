import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Text } from "../api/types.ts";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { surveys } from "./api.ts";
import { columnTable } from "./columns.ts";
import { missing, sameOptions, tidy } from "./mapping.ts";
import { Piece } from "./piece.ts";
import { positionCard } from "./position.ts";
import { trouble } from "./say.ts";
import type { Options, Reading } from "./types.ts";
import { w } from "./words.ts";

const ENCODINGS = ["UTF-8", "GB18030", "Big5", "Shift_JIS", "EUC-KR", "windows-1252"];

/** How the file has been understood, and what a person says to that. */
export class ReadingPiece extends Piece {
  static override properties = {
    ...Piece.properties,
    draft: { state: true },
    busy: { state: true },
    error: { state: true },
    chosen: { state: true },
  };
  declare draft: Options;
  declare busy: boolean;
  declare error: unknown;
  /** The candidate that is looked at. */
  declare chosen: number | null;

  constructor() {
    super();
    this.draft = {};
    this.busy = false;
    this.error = null;
    this.chosen = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("batch")) return;
    const before = changed.get("batch") as typeof this.batch | undefined;
    if (before?.id === this.batch.id && before.updated_at === this.batch.updated_at) return;
    this.draft = tidy(this.batch.options);
    this.error = null;
    this.chosen = null;
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
    return html`<dl class="facts-row">${this.encoding("")}</dl>
      <p><button type="button" class="plain" ?disabled=${this.busy || this.locked} @click=${() => this.apply(this.draft)}>${w("read.again")}</button></p>`;
  }

  private body(reading: Reading): TemplateResult {
    const layer = this.layer;
    return html`
      <dl class="facts-row">
        <div><dt>${w("read.format")}</dt><dd>${reading.format || "–"}</dd></div>
        ${this.encoding(reading.encoding)}
        ${reading.rows > 0 ? html`<div><dt>${w("tally.rows")}</dt><dd class="number">${w("read.seen", { n: whole(reading.rows) })}</dd></div>` : nothing}
      </dl>
      ${this.parts(reading)}
      ${this.problems(reading.problems)}
      ${reading.columns?.length ? positionCard(reading.position, this.draft, this) : nothing}
      ${reading.columns?.length && layer ? columnTable(layer, reading, this.draft, this.locked, (draft) => this.edit(draft)) : nothing}`;
  }

  private encoding(found: string): TemplateResult {
    const said = this.draft.encoding ?? "";
    const list = said && !ENCODINGS.includes(said) ? [said, ...ENCODINGS] : ENCODINGS;
    return html`<div><dt><label for="encoding">${w("read.encoding")}</label></dt><dd>
      <select id="encoding" ?disabled=${this.locked} @change=${(e: Event) => this.edit({ ...this.draft, encoding: (e.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${said === ""}>${w("read.encoding.auto")}${found && !this.batch.options.encoding ? ` · ${found}` : ""}</option>
        ${list.map((name) => html`<option value=${name} ?selected=${said === name}>${name === "GB18030" ? "GB18030 / GBK" : name}</option>`)}
      </select></dd></div>`;
  }

  private parts(reading: Reading): TemplateResult | typeof nothing {
    if (!reading.parts?.length) {
      return this.batch.options.part
        ? html`<p class="hint">${w("read.part")}: <b>${this.batch.options.part}</b> <button type="button" class="text" ?disabled=${this.locked} @click=${() => this.apply({ ...this.draft, part: "" })}>${w("bring.other")}</button></p>`
        : nothing;
    }
    return html`<fieldset class="choice"><legend>${w("read.parts")}</legend>
      ${reading.parts.map(
        (
          part,
        ) => html`<label><input type="radio" name="part" .checked=${this.draft.part === part.name} ?disabled=${this.locked}
          @change=${() => this.edit({ ...this.draft, part: part.name })} />
          <span>${part.rows >= 0 ? w("read.part.rows", { name: part.name, n: whole(part.rows) }) : part.name}
          ${part.note ? html`<small class="hint">${part.note}</small>` : nothing}</span></label>`,
      )}</fieldset>`;
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

  /** Shows one candidate's places on the map, or all of them. */
  look(i: number | null): void {
    this.chosen = i;
    this.dispatchEvent(new CustomEvent("om-candidate", { detail: i, bubbles: true }));
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
