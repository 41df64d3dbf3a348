import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { surveys } from "./api.ts";
import { tidy } from "./mapping.ts";
import { Piece } from "./piece.ts";
import { percent, stateName, trouble } from "./say.ts";
import type { BatchState, Comparison, Edition } from "./types.ts";
import { running } from "./watch.ts";
import { type Word, w } from "./words.ts";

type Asking =
  | { to: "rejected" }
  | { to: "published"; sum: Comparison }
  | { to: "withdrawn"; edition: Edition };

/** The foot of a survey's page: what can be done with it next. */
export class DecidePiece extends Piece {
  static override properties = {
    ...Piece.properties,
    asking: { state: true },
    busy: { state: true },
    error: { state: true },
    note: { state: true },
  };
  declare asking: Asking | null;
  declare busy: boolean;
  declare error: unknown;
  declare note: string;

  constructor() {
    super();
    this.asking = null;
    this.busy = false;
    this.error = null;
    this.note = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("batch")) return;
    const before = changed.get("batch") as typeof this.batch | undefined;
    if (before?.id !== this.batch.id) {
      this.asking = null;
      this.error = null;
      this.note = "";
    }
  }

  protected override render() {
    const { batch } = this;
    if (running(batch.check)) return nothing;
    return html`<footer class="decide" aria-label=${w("decide")}>
      ${this.error ? trouble(this.error) : nothing}
      ${this.asking ? this.question(this.asking) : this.choices()}
    </footer>`;
  }

  private choices(): TemplateResult {
    const { approvals, tally, options, state, edition } = this.batch;
    const faulty = (tally?.errors ?? 0) > 0 && !options.skip_bad;
    const forward = approvals.find((a) => a !== "rejected");
    const mine = ["rejected", "withdrawn"].includes(state) || faulty;
    return html`
      ${
        tally && tally.bad > 0 && state === "checked"
          ? html`<label class="tick"><input type="checkbox" .checked=${options.skip_bad ?? false} ?disabled=${this.busy} @change=${(e: Event) => void this.skip((e.target as HTMLInputElement).checked)} />${w("findings.skip", { n: whole(tally.bad) })}</label>`
          : nothing
      }
      ${faulty && forward ? html`<p class="hint">${w("decide.errors")}</p>` : nothing}
      <div class="acts">
        ${mine ? html`<button type="button" class=${faulty ? "main" : "plain"} data-act="mended" @click=${() => this.mended()}>${w("decide.mended")}</button>` : nothing}
        <span class="grow"></span>
        ${approvals.includes("rejected") ? html`<button type="button" class="plain" data-act="rejected" ?disabled=${this.busy} @click=${() => this.ask({ to: "rejected" })}>${w("decide.rejected")}</button>` : nothing}
        ${state === "parsed" && !this.batch.open ? html`<button type="button" class="main" data-act="check" ?disabled=${this.busy} @click=${() => void this.check()}>${w("check.run")}</button>` : nothing}
        ${forward ? html`<button type="button" class="main ${faulty ? "barred" : ""}" data-act=${forward} ?disabled=${this.busy || faulty} @click=${() => void this.go(forward)}>${w(`decide.${forward}` as Word)}</button>` : nothing}
        ${
          state === "published" && edition !== null
            ? html`<button type="button" class="plain" data-act="withdraw" ?disabled=${this.busy} @click=${() => void this.back(edition)}>${w("decide.withdraw")}</button>
              <button type="button" class="main" data-act="see" @click=${() => this.see()}>${w("decide.see")}</button>`
            : nothing
        }
      </div>`;
  }

  private question(asking: Asking): TemplateResult {
    const reason = asking.to === "rejected";
    return html`<div class="question-of" role="alertdialog" aria-labelledby="asked" @keydown=${(e: KeyboardEvent) => e.key === "Escape" && this.ask(null)}>
      <p id="asked"><b>${this.asked(asking)}</b></p>
      ${reason ? nothing : html`<p>${this.words(asking)}</p>`}
      ${
        asking.to === "published" && asking.sum.gone > 0
          ? html`<p class=${asking.sum.gone > asking.sum.present / 10 ? "bad" : "hint"}>${w("decide.publish.gone", { n: percent(asking.sum.gone, asking.sum.present).replace("%", "") })}</p>`
          : nothing
      }
      ${asking.to === "published" && (this.batch.tally?.bad ?? 0) > 0 ? html`<p class="bad">${w("decide.publish.bad", { n: whole(this.batch.tally?.bad ?? 0) })}</p>` : nothing}
      ${
        reason
          ? html`<label class="note-of">${w("decide.reason.need")}<textarea rows="2" .value=${this.note} @input=${(
              e: Event,
            ) => {
              this.note = (e.target as HTMLTextAreaElement).value;
            }}></textarea></label>`
          : nothing
      }
      <div class="acts"><span class="grow"></span>
        <button type="button" class="plain" @click=${() => this.ask(null)}>${w("decide.no")}</button>
        <button type="button" class="main ${asking.to === "published" ? "" : "grave"}" data-act="yes" ?disabled=${this.busy || (reason && this.note.trim() === "")} @click=${() => void this.yes(asking)}>${w("decide.yes")}</button></div>
    </div>`;
  }

  private asked(asking: Asking): string {
    if (asking.to === "rejected") return w("decide.reason");
    if (asking.to === "published")
      return w("decide.publish.ask", { layer: say(this.layer?.title) });
    return w("decide.withdraw.ask", { n: asking.edition.id });
  }

  private words(asking: Asking): string {
    if (asking.to === "published") {
      const { new: added, changed, moved, gone, unchanged } = asking.sum;
      return w("decide.publish.words", {
        new: whole(added),
        changed: whole(changed),
        moved: whole(moved),
        gone: whole(gone),
        unchanged: whole(unchanged),
      });
    }
    if (asking.to !== "withdrawn") return "";
    const { added, changed, gone } = asking.edition;
    return w("decide.withdraw.words", {
      added: whole(added),
      changed: whole(changed),
      gone: whole(gone),
    });
  }

  private ask(asking: Asking | null): void {
    this.asking = asking;
    this.error = null;
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(
        asking ? "textarea, .question-of button" : ".acts button",
      )?.focus();
    });
  }

  private async work(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = null;
    try {
      await act();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  private go(to: BatchState): Promise<void> {
    return this.work(async () => {
      if (to === "published") {
        this.ask({ to, sum: await surveys.comparison(this.batch.id) });
        return;
      }
      const batch = await surveys.state(this.batch.id, to, "");
      this.app.say(w("decide.done", { state: stateName(to) }));
      this.changed(batch);
    });
  }

  private check(): Promise<void> {
    return this.work(async () => {
      const { id } = this.batch;
      await surveys.check(id);
      this.changed(await surveys.batch(id));
    });
  }

  private back(edition: number): Promise<void> {
    return this.work(async () => {
      const found = await surveys.edition(this.batch.layer, edition);
      if (found) this.ask({ to: "withdrawn", edition: found });
    });
  }

  private yes(asking: Asking): Promise<void> {
    return this.work(async () => {
      const { id } = this.batch;
      if (asking.to === "withdrawn") {
        await surveys.revert(asking.edition.id);
        this.changed(await surveys.batch(id));
        this.renew();
        this.app.say(w("decide.done", { state: stateName("withdrawn") }));
      } else {
        const batch = await surveys.state(id, asking.to, this.note.trim());
        this.changed(batch);
        if (asking.to === "published") {
          this.renew();
          this.app.say(w("decide.published.done", { n: batch.edition ?? "" }));
        } else this.app.say(w("decide.done", { state: stateName(asking.to) }));
      }
      this.asking = null;
      this.note = "";
    });
  }

  // Whether faulty records are left out is one of the options; the file is then read and
  // checked as before.
  private skip(on: boolean): Promise<void> {
    return this.work(async () => {
      const { id, options } = this.batch;
      const before = tidy(options);
      await surveys.options(id, tidy({ ...before, skip_bad: on }));
      await surveys.check(id);
      this.changed(await surveys.batch(id));
    });
  }

  // The map and the figures show what is published now.
  private renew(): void {
    const { layer } = this.batch;
    const map = this.app.map?.map;
    if (map?.getSource(layer)) map.refreshTiles(layer);
    const { box } = this.app.store.now;
    if (box) this.app.store.set({ box: [...box] });
  }

  private see(): void {
    this.app.switchLayer(this.batch.layer, true);
    this.app.openImport(null);
  }

  private mended(): void {
    this.dispatchEvent(new CustomEvent("om-mended", { detail: this.batch, bubbles: true }));
  }
}

customElements.define("om-import-decide", DecidePiece);
