import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { candidates, rowsOf } from "./overlay.ts";
import { Piece } from "./piece.ts";
import { scope, size } from "./say.ts";
import { steps } from "./steps.ts";
import type { BatchDetail } from "./types.ts";
import { running } from "./watch.ts";
import { type Word, w } from "./words.ts";
import "./check.ts";
import "./decide.ts";
import "./difference.ts";
import "./findings.ts";
import "./reading.ts";

type Tab = "read" | "check" | "diff";

const REPORT = [
  ["marked.xlsx", "report.marked"],
  ["summary.xlsx", "report.summary"],
  ["signoff.html", "report.signoff"],
  ["findings.gpkg", "report.gpkg"],
  ["findings.json", "report.findings"],
] as const;

/** Which part of a survey's page speaks of what is to be done next. */
export function tabFor(batch: BatchDetail): Tab {
  if (batch.open || batch.state === "uploaded") return "read";
  if (batch.check?.state === "running" || batch.check?.state === "queued") return "check";
  // How the file is understood is looked at before anything is checked.
  if (batch.state === "parsed") return batch.check ? "check" : "read";
  const clean = (batch.tally?.errors ?? 0) === 0;
  const waiting = ["checked", "self_checked", "city_checked", "accepted"].includes(batch.state);
  return clean && waiting && batch.state !== "checked" ? "diff" : "check";
}

/** True where there are staged rows that can be compared with what is published. */
export function comparable(batch: BatchDetail): boolean {
  return (
    batch.staged !== null &&
    ["checked", "self_checked", "city_checked", "accepted"].includes(batch.state)
  );
}

/** One survey: its way, how it is understood, what was found, what it would change. */
export class BatchPiece extends Piece {
  static override properties = { ...Piece.properties, tab: { state: true } };
  declare tab: Tab;
  private shown = 0;
  private stage = "";

  constructor() {
    super();
    this.tab = "read";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("batch")) return;
    const { id, state } = this.batch;
    if (id !== this.shown || (state !== this.stage && this.tab !== "check")) {
      this.tab = tabFor(this.batch);
    }
    if (running(this.batch.check)) this.tab = "check";
    if (this.tab === "diff" && !comparable(this.batch)) this.tab = tabFor(this.batch);
    this.shown = id;
    this.stage = state;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("batch") || changed.has("tab")) this.draw(null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.overlay.clear();
  }

  // The reading's candidates are drawn by this part, which knows whether they are looked at.
  private draw(only: number | null, example = 0): void {
    if (this.tab !== "read") return;
    const { candidates: all, outcome } = this.batch.reading?.position ?? {};
    // What is decided needs no looking at; another reading is drawn when it is asked for.
    const list = outcome === "ask" || only !== null ? (all ?? []) : [];
    // They are judged by what is published around them.
    this.overlay.show(candidates(list, only), false);
    this.overlay.near(list, rowsOf(list)[example]);
  }

  protected override render() {
    const { batch } = this;
    return html`
      <div class="what"><p><b>${batch.file_name}</b> <span class="hint number">${size(batch.file_size)}</span></p>
        <p class="hint">${say(this.layer?.title) || batch.layer} · ${batch.source} · ${w("batch.scope", { scope: scope(batch.scope) })}${
          batch.before !== null
            ? html` · <a href="#import=${batch.before}" @click=${(e: Event) => {
                e.preventDefault();
                this.app.openImport({ batch: batch.before });
              }}>${w("batch.before", { n: batch.before })}</a>`
            : nothing
        }</p></div>
      ${steps(batch)}
      ${this.tabs()}
      <div class="content-of" role="tabpanel" id="part" aria-labelledby=${`tab-${this.tab}`} @om-candidate=${(e: CustomEvent<{ only: number | null; example: number }>) => this.draw(e.detail.only, e.detail.example)}>${this.body()}</div>
      <om-import-decide .app=${this.app} .batch=${batch} .overlay=${this.overlay} .changed=${this.changed}></om-import-decide>`;
  }

  private tabs(): TemplateResult {
    const { tally, open } = this.batch;
    const found = tally ? tally.errors + tally.warnings + tally.notices : 0;
    const tab = (
      id: Tab,
      word: Word,
      mark: TemplateResult | typeof nothing,
      off = false,
    ) => html`<button type="button" role="tab" id=${`tab-${id}`} aria-controls="part"
      aria-selected=${this.tab === id ? "true" : "false"} tabindex=${this.tab === id ? "0" : "-1"} ?disabled=${off} @click=${() => {
        this.tab = id;
      }}>${w(word)}${mark}</button>`;
    return html`<div class="tabs" role="tablist" @keydown=${this.key}>
      ${tab("read", "read", open ? html`<em class="mark">?</em>` : nothing)}
      ${tab("check", "check", tally ? html`<em class="mark ${tally.errors > 0 ? "grave" : ""}">${whole(found)}</em>` : nothing)}
      ${tab("diff", "diff", nothing, !comparable(this.batch))}</div>`;
  }

  private key(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const all = [...this.querySelectorAll<HTMLButtonElement>("[role=tab]:not(:disabled)")];
    const at = all.findIndex((b) => b.ariaSelected === "true");
    const next = all[(at + by + all.length) % all.length];
    next?.click();
    next?.focus();
  }

  private body(): TemplateResult {
    const { app, batch, overlay, changed } = this;
    if (this.tab === "read") {
      return html`<om-import-reading .app=${app} .batch=${batch} .overlay=${overlay} .changed=${changed}></om-import-reading>`;
    }
    if (this.tab === "diff") {
      return html`<om-import-difference .app=${app} .batch=${batch} .overlay=${overlay} .changed=${changed}></om-import-difference>`;
    }
    return html`<om-import-check .app=${app} .batch=${batch} .overlay=${overlay} .changed=${changed}></om-import-check>
      <om-import-findings .app=${app} .batch=${batch} .overlay=${overlay} .changed=${changed}></om-import-findings>
      ${batch.tally ? this.reports(batch.id) : nothing}`;
  }

  private reports(id: number): TemplateResult {
    return html`<section class="block reports"><h3>${w("report")}</h3><ul>${REPORT.map(
      ([file, word]) =>
        html`<li><a href=${`/batches/${id}/report/${file}`} target=${file.endsWith(".html") ? "_blank" : nothing} rel="noopener">${w(word)}</a></li>`,
    )}</ul></section>`;
  }
}

customElements.define("om-import-batch", BatchPiece);
