import { html, nothing, type TemplateResult } from "lit";
import { whole } from "../format/number.ts";
import { age, moment } from "../format/time.ts";
import { say } from "../i18n/t.ts";
import { Part } from "../ui/part.ts";
import { surveys } from "./api.ts";
import { stateName, trouble } from "./say.ts";
import type { Batch } from "./types.ts";
import { w } from "./words.ts";

/** The surveys that have been brought, the newest first. */
export class ListPiece extends Part {
  static override properties = {
    ...Part.properties,
    refused: { attribute: false },
    rows: { state: true },
    more: { state: true },
    phase: { state: true },
    error: { state: true },
  };
  /** Called when the server does not let this reader import at all. */
  declare refused: (error: unknown) => void;
  declare rows: readonly Batch[];
  declare more: boolean;
  declare phase: "loading" | "idle" | "failed";
  declare error: unknown;

  constructor() {
    super();
    this.rows = [];
    this.more = false;
    this.phase = "loading";
    this.error = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.fetch(false);
  }

  private async fetch(append: boolean): Promise<void> {
    this.phase = "loading";
    try {
      const page = await surveys.batches(append ? (this.rows.at(-1)?.id ?? 0) : 0);
      this.rows = append ? [...this.rows, ...page.batches] : page.batches;
      this.more = page.more;
      this.phase = "idle";
    } catch (error) {
      this.error = error;
      this.phase = "failed";
      this.refused(error);
    }
  }

  protected override render() {
    if (this.phase === "failed") return trouble(this.error, () => void this.fetch(false));
    return html`<section class="block"><h3>${w("list")}</h3>
      ${
        this.rows.length === 0
          ? this.phase === "loading"
            ? html`<div class="skeleton" role="status" aria-label=${w("loading")}><i class="w6"></i><i class="w5"></i><i class="w6"></i></div>`
            : html`<p class="empty">${w("list.empty")}</p>`
          : html`<ul class="batches">${this.rows.map((b) => this.row(b))}</ul>`
      }
      ${this.more ? html`<button type="button" class="text" ?disabled=${this.phase === "loading"} @click=${() => this.fetch(true)}>${w("list.more")}</button>` : nothing}
    </section>`;
  }

  private row(b: Batch): TemplateResult {
    const layer = this.app.layer(b.layer);
    const { tally } = b;
    return html`<li><button type="button" aria-label=${w("list.open", { n: b.id, file: b.file_name })} @click=${() => this.app.openImport({ batch: b.id })}>
      <span class="number id">${b.id}</span>
      <span class="text-of"><b>${b.file_name}</b>
        <small>${layer ? say(layer.title) : b.layer} · ${b.source} · <time datetime=${b.created_at} title=${moment(b.created_at)}>${age(b.created_at)}</time></small></span>
      <span class="result">${tally ? (tally.errors + tally.warnings > 0 ? w("list.findings", { e: whole(tally.errors), w: whole(tally.warnings) }) : w("list.clean")) : nothing}</span>
      <span class="state ${b.state}">${stateName(b.state)}</span></button></li>`;
  }
}

customElements.define("om-import-list", ListPiece);
