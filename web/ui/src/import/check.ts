import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { compact, whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { surveys } from "./api.ts";
import { Piece } from "./piece.ts";
import { percent, size, span, trouble } from "./say.ts";
import type { Check, Rate } from "./types.ts";
import { running, watch } from "./watch.ts";
import { known, type Word, w } from "./words.ts";

/** Runs the checks, and shows how far they are and what came out. */
export class CheckPiece extends Piece {
  static override properties = {
    ...Piece.properties,
    now: { state: true },
    lost: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare now: Check | null;
  declare lost: boolean;
  declare error: unknown;
  declare busy: boolean;
  private unwatch: (() => void) | undefined;
  private following = 0;

  constructor() {
    super();
    this.now = null;
    this.lost = false;
    this.error = null;
    this.busy = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.following = 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("batch")) return;
    this.now = this.batch.check;
    if (running(this.now)) this.follow();
  }

  private follow(): void {
    const { id } = this.batch;
    if (this.following === id) return;
    this.unwatch?.();
    this.following = id;
    this.unwatch = watch(
      id,
      (check, ended) => {
        this.now = check;
        if (!ended) return;
        this.following = 0;
        this.lost = false;
        void this.again(id);
      },
      (lost) => {
        this.lost = lost;
      },
    );
  }

  private async again(id: number): Promise<void> {
    try {
      const batch = await surveys.batch(id);
      if (this.batch.id === id) this.changed(batch);
    } catch (error) {
      this.error = error;
    }
  }

  private async run(): Promise<void> {
    this.error = null;
    this.busy = true;
    try {
      this.now = await surveys.check(this.batch.id);
      this.follow();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  private async halt(): Promise<void> {
    try {
      await surveys.cancel(this.batch.id);
    } catch (error) {
      this.error = error;
    }
  }

  protected override render() {
    const { now, batch } = this;
    const allowed = ["checked", "self_checked", "city_checked", "rejected"];
    return html`
      ${running(now) && now ? this.progress(now) : nothing}
      ${
        !running(now) && now && ["failed", "cancelled", "broken_off"].includes(now.state)
          ? html`<div class="trouble" role="alert"><p><b>${w(`check.${now.state}` as Word)}</b></p>${now.error ? html`<p class="own" lang="en">${now.error.detail}</p>` : nothing}</div>`
          : nothing
      }
      ${this.error ? trouble(this.error) : nothing}
      ${batch.tally && !running(now) ? this.tally() : nothing}
      ${!running(now) && batch.state === "parsed" ? html`<p class="run hint">${w(batch.open ? "check.open" : "check.none")}</p>` : nothing}
      ${!running(now) && allowed.includes(batch.state) ? html`<p class="run again"><button type="button" class="text" data-act="again" ?disabled=${this.busy} @click=${() => this.run()}>${w("check.again")}</button></p>` : nothing}`;
  }

  private progress(now: Check): TemplateResult {
    const stage = now.stage ? known("check.stage", now.stage) : "";
    const bytes = now.stage === "rows";
    const rate =
      now.rate > 0 ? w("check.rate", { n: bytes ? size(now.rate) : compact(now.rate) }) : "";
    const left =
      now.seconds_left !== null && now.seconds_left !== undefined
        ? w("check.left", { time: span(now.seconds_left) })
        : "";
    const share = now.total > 0 ? percent(now.done, now.total) : "";
    return html`<div class="progress">
      <p><b>${w(now.state === "queued" ? "check.queued" : "check.running")}</b> ${stage}<span class="grow"></span><span class="number">${share}</span></p>
      ${
        now.total > 0
          ? html`<progress max=${now.total} .value=${Math.min(now.done, now.total)} aria-label=${w("check.running")}></progress>`
          : html`<progress aria-label=${w("check.running")}></progress>`
      }
      <p class="hint"><span class="number">${[rate, left].filter((x) => x !== "").join(" · ")}</span><span class="grow"></span>
        <button type="button" class="text" @click=${() => this.halt()}>${w("check.cancel")}</button></p>
      ${this.lost ? html`<p class="warn" role="status">${w("check.reconnect")}</p>` : nothing}
      <p class="sr" role="status">${w(now.state === "queued" ? "check.queued" : "check.running")} ${stage}</p>
    </div>`;
  }

  private tally(): TemplateResult {
    const { tally } = this.batch;
    if (!tally) return html``;
    const rates = (tally.rates ?? []).filter((r) => r.rule === "");
    const wrong = rates.reduce((sum, r) => sum + r.wrong, 0);
    const checked = rates.reduce((sum, r) => sum + r.checked, 0);
    const figure = (value: string, label: string, kind = "", title = "") =>
      html`<div class=${kind} title=${title || nothing}><dt>${label}</dt><dd class="number">${value}</dd></div>`;
    return html`<dl class="tally">
      ${figure(whole(tally.rows), w("tally.rows"))}
      ${figure(whole(tally.good), w("tally.good"))}
      ${figure(whole(tally.bad), w("tally.bad"), tally.bad > 0 ? "bad" : "")}
      ${tally.unplaced > 0 ? figure(whole(tally.unplaced), w("tally.unplaced")) : nothing}
      ${figure(percent(wrong, checked), w("tally.rate"), rates.every((r) => r.passed) ? "" : "bad", w("tally.rate.help"))}
    </dl>
    ${rates.length > 0 ? this.rates(rates) : nothing}`;
  }

  // How the census counts: wrong indicators of those checked, by county and table.
  private rates(rates: readonly Rate[]): TemplateResult {
    return html`<details class="rates"><summary>${w("rates")}</summary><table>
      <thead><tr><th scope="col">${w("rates.area")}</th><th scope="col">${w("rates.table")}</th><th scope="col" class="number">${w("rates.checked")}</th>
        <th scope="col" class="number">${w("rates.wrong")}</th><th scope="col" class="number">${w("tally.rate")}</th><th scope="col"></th></tr></thead>
      <tbody>${rates.map(
        (
          r,
        ) => html`<tr><td>${r.area || "–"}</td><td>${this.table(r.table)}</td><td class="number">${whole(r.checked)}</td>
        <td class="number">${whole(r.wrong)}</td><td class="number">${percent(r.wrong, r.checked)}</td>
        <td class=${r.passed ? "" : "bad"}>${w(r.passed ? "rates.passed" : "rates.failed")}</td></tr>`,
      )}</tbody></table></details>`;
  }

  // A census table is one of a code list; without one it is the layer.
  private table(id: string): string {
    const list = Object.values(this.layer?.codelists ?? {});
    const code = list.flatMap((l) => l.items).find((c) => c.code === id);
    const layer = this.app.layer(id);
    return code ? say(code.title) : layer ? say(layer.title) : id;
  }
}

customElements.define("om-import-check", CheckPiece);
