import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Problem } from "../api/client.ts";
import type { LngLat } from "../api/types.ts";
import type { Fetched } from "../app/state.ts";
import { icon } from "../ui/icons.ts";
import { Part } from "../ui/part.ts";
import { surveys } from "./api.ts";
import { Overlay } from "./overlay.ts";
import { trouble } from "./say.ts";
import type { Batch, BatchDetail } from "./types.ts";
import { w } from "./words.ts";
import "./batch.ts";
import "./bring.ts";
import "./list.ts";
import "./styles/index.css";

/** The import page beside the map: the surveys and a place to drop a file, or one survey. */
export class ImportPage extends Part {
  static override properties = {
    ...Part.properties,
    batch: { state: true },
    refusal: { state: true },
    folded: { state: true },
    mends: { state: true },
    overlay: { state: true },
  };
  declare batch: Fetched<BatchDetail>;
  declare refusal: Problem | null;
  declare folded: boolean;
  declare mends: Batch | null;
  declare overlay: Overlay | null;
  private shown: number | null = null;
  private readonly take = (batch: BatchDetail) => {
    if (this.shown === batch.id) this.batch = { is: "here", value: batch };
  };
  // A file that is dropped beside the place for it must not take the page away.
  private readonly hold = (event: DragEvent) => event.preventDefault();

  constructor() {
    super();
    this.batch = { is: "loading" };
    this.refusal = null;
    this.folded = false;
    this.mends = null;
    this.overlay = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.overlay = new Overlay(this.app);
    const { box, view } = this.state;
    // What was in the middle of the map stays in the middle of what this page leaves free.
    if (box && view) {
      const middle: LngLat = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
      void this.updateComplete.then(() => this.app.map?.camera.fly(middle, view.zoom));
    }
    window.addEventListener("dragover", this.hold);
    window.addEventListener("drop", this.hold);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("dragover", this.hold);
    window.removeEventListener("drop", this.hold);
    this.overlay?.remove();
    this.overlay = null;
    this.shown = null;
  }

  protected override watched() {
    return ["importing", "online", "phone"] as const;
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const id = this.state.importing?.batch ?? null;
    if (id === this.shown) return;
    this.shown = id;
    if (id === null) return;
    this.mends = null;
    if (this.batch.is !== "here" || this.batch.value.id !== id) void this.fetch(id);
  }

  private async fetch(id: number): Promise<void> {
    this.batch = { is: "loading" };
    try {
      const value = await surveys.batch(id);
      if (this.shown === id) this.batch = { is: "here", value };
    } catch (error) {
      if (this.shown !== id) return;
      this.refused(error);
      this.batch = { is: "failed", error: error as Error };
    }
  }

  private refused(error: unknown): void {
    if (!(error instanceof Problem)) return;
    // 404 of an address that the server does not have at all speaks of the whole import.
    const none = error.status === 404 && this.shown === null;
    if (error.status === 403 || none) this.refusal = error;
  }

  protected override render() {
    const { online } = this.state;
    return html`<section class="import card ${this.folded ? "folded" : ""}" data-covers=${this.state.phone ? "bottom" : "left"} aria-label=${w("title")}
      @om-mended=${(e: CustomEvent<Batch>) => this.again(e.detail)} @keydown=${this.key}>
      <header>
        ${this.shown === null ? html`<h1>${w("title")}</h1>` : html`<button type="button" class="text" data-act="list" @click=${() => this.app.openImport({ batch: null })}>${icon("left", 16)}${w("back")}</button><h1>${w("batch", { n: this.shown })}</h1>`}
        <span class="grow"></span>
        <button type="button" class="quiet" aria-expanded=${this.folded ? "false" : "true"} aria-label=${w(this.folded ? "unfold" : "fold")} title=${w(this.folded ? "unfold" : "fold")} @click=${() => {
          this.folded = !this.folded;
        }}>${icon(this.state.phone ? "chevron" : this.folded ? "right" : "left")}</button>
        <button type="button" class="quiet" data-act="close" aria-label=${w("close")} title=${w("close")} @click=${() => this.app.openImport(null)}>${icon("close")}</button>
      </header>
      ${online ? nothing : html`<p class="warn" role="status">${w("offline")}</p>`}
      ${this.folded ? nothing : html`<div class="body-of">${this.body()}</div>`}
    </section>`;
  }

  private body(): TemplateResult {
    const { refusal, overlay } = this;
    if (refusal) {
      const none = refusal.status === 404;
      return html`<div class="refused" role="alert"><h2>${w(none ? "unsupported.title" : "refused.title")}</h2>
        <p>${w(none ? "unsupported.help" : "refused.help")}</p>
        ${none ? nothing : html`<p class="own" lang="en">${refusal.message}</p>`}
        <p><button type="button" class="plain" @click=${() => this.retry()}>${w("retry")}</button></p></div>`;
    }
    // The layers' names are needed for everything here.
    if (!this.app.catalogue || !overlay) return this.waiting();
    if (this.shown === null) {
      return html`<om-import-bring .app=${this.app} .mends=${this.mends} .brought=${(b: BatchDetail) => this.brought(b)}></om-import-bring>
        <om-import-list .app=${this.app} .refused=${(e: unknown) => this.refused(e)}></om-import-list>`;
    }
    const { batch, shown } = this;
    if (batch.is === "failed") return trouble(batch.error, () => void this.fetch(shown));
    if (batch.is === "loading") return this.waiting();
    return html`<om-import-batch .app=${this.app} .batch=${batch.value} .overlay=${overlay} .changed=${this.take}></om-import-batch>`;
  }

  private waiting(): TemplateResult {
    return html`<div class="skeleton" role="status" aria-label=${w("loading")}><i class="w5"></i><i class="w6"></i><i class="w4"></i><i class="w6"></i></div>`;
  }

  private retry(): void {
    this.refusal = null;
    if (this.shown !== null) void this.fetch(this.shown);
  }

  private brought(batch: BatchDetail): void {
    this.batch = { is: "here", value: batch };
    this.app.openImport({ batch: batch.id });
  }

  // The mended file goes the way of the first: same layer, source and scope.
  private again(batch: Batch): void {
    this.mends = batch;
    this.app.openImport({ batch: null });
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const { target } = event;
    if (
      target instanceof HTMLElement &&
      target.closest("input, select, textarea, [role=alertdialog]")
    )
      return;
    if (this.shown !== null) this.app.openImport({ batch: null });
  }
}

customElements.define("om-import", ImportPage);
