import { html, nothing, type TemplateResult } from "lit";
import type { LayerInfo } from "../api/types.ts";
import { say } from "../i18n/t.ts";
import { Part } from "../ui/part.ts";
import { surveys } from "./api.ts";
import { drop, forget, type Kept, keep, keptOf, markOf, standing } from "./kept.ts";
import { guessLayer, type Refusal, refusalOf } from "./mapping.ts";
import { percent, size, span, trouble } from "./say.ts";
import { Bringing, type Progress } from "./tus.ts";
import type { Batch, BatchDetail } from "./types.ts";
import { type Word, w } from "./words.ts";

const HEAD = 64 << 10;

/** Takes a file from the person, brings it to the server and has it read for a layer. */
export class BringPiece extends Part {
  static override properties = {
    ...Part.properties,
    brought: { attribute: false },
    mends: { attribute: false },
    file: { state: true },
    refusal: { state: true },
    layer: { state: true },
    guessed: { state: true },
    scope: { state: true },
    area: { state: true },
    source: { state: true },
    progress: { state: true },
    error: { state: true },
    over: { state: true },
    broken: { state: true },
  };
  /** Called with the survey that a file has become. */
  declare brought: (batch: BatchDetail) => void;
  /** The survey whose mended file is to come, if one is. */
  declare mends: Batch | null;
  declare file: File | null;
  declare refusal: Refusal;
  declare layer: string;
  declare guessed: boolean;
  declare scope: "layer" | "area" | "source";
  declare area: string;
  declare source: string;
  declare progress: Progress | null;
  declare error: unknown;
  declare over: boolean;
  /** Uploads that were under way when the page was left. */
  declare broken: (Kept & { sent: number })[];
  private sending: Bringing | null = null;
  private upload = "";
  private large = 0;
  private single = "";
  private readonly leave = (event: BeforeUnloadEvent) => {
    if (this.sending && !["done", "failed", "cancelled"].includes(this.sending.now.state)) {
      event.preventDefault();
    }
  };

  constructor() {
    super();
    this.mends = null;
    this.file = null;
    this.refusal = "";
    this.layer = "";
    this.guessed = false;
    this.scope = "source";
    this.area = "";
    this.source = "";
    this.progress = null;
    this.error = null;
    this.over = false;
    this.broken = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeunload", this.leave);
    void standing().then((list) => {
      this.broken = list;
    });
    if (!this.mends) return;
    this.layer = this.mends.layer;
    this.source = this.mends.source;
    const [kind, ...rest] = this.mends.scope.split(":");
    this.scope = kind === "area" ? "area" : kind === "layer" ? "layer" : "source";
    if (kind === "area") this.area = rest.join(":");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("beforeunload", this.leave);
    this.cancel();
  }

  protected override render() {
    return html`<section class="bring" @dragover=${this.drag} @dragleave=${this.undrag} @drop=${this.drop}>
      ${this.file ? this.form(this.file) : this.zone()}
      ${this.error ? trouble(this.error) : nothing}
    </section>`;
  }

  private zone(): TemplateResult {
    const { refusal } = this;
    return html`${this.broken.map(
      (
        k,
      ) => html`<p class="broken" role="status"><span>${w("kept", { name: k.name, percent: percent(k.sent, k.size) })}</span><span class="grow"></span>
        <button type="button" class="text" @click=${() => this.giveUp(k)}>${w("kept.drop")}</button></p>`,
    )}<label class="drop ${this.over ? "over" : ""}">
        <input type="file" class="sr" multiple @change=${(e: Event) => this.take([...((e.target as HTMLInputElement).files ?? [])])} />
        <b>${w(this.over ? "drop.now" : "drop")}</b><span class="main">${w("drop.choose")}</span>
        <small>${w("drop.help")}</small></label>
      ${
        refusal
          ? html`<p class="bad refused-file" role="alert">${w(`drop.${refusal}` as Word, { size: size(this.large), ext: this.single })}</p>`
          : nothing
      }`;
  }

  private form(file: File): TemplateResult {
    const info = this.app.layer(this.layer);
    const busy = this.progress !== null;
    const ready = this.layer !== "" && (this.scope !== "area" || /^\d{2,12}$/.test(this.area));
    return html`<div class="file"><b>${file.name}</b> <span class="hint number">${size(file.size)}</span><span class="grow"></span>
        ${busy ? nothing : html`<button type="button" class="text" @click=${() => this.take([])}>${w("bring.other")}</button>`}</div>
      <div class="form">
        <label><span>${w("bring.layer")}${this.guessed ? html` <span class="tag guessed">${w("bring.guessed")}</span>` : nothing}</span>
          <select data-name="layer" ?disabled=${busy} @change=${(e: Event) => this.choose((e.target as HTMLSelectElement).value)}>
            <option value="" ?selected=${this.layer === ""}>${w("bring.pick")}</option>
            ${(this.app.catalogue?.groups ?? []).map((g) => {
              const layers = this.app.layers.filter((l) => l.group === g.id);
              return layers.length === 0
                ? nothing
                : html`<optgroup label=${say(g.title)}>${layers.map((l) => html`<option value=${l.id} ?selected=${l.id === this.layer}>${say(l.title)}</option>`)}</optgroup>`;
            })}
          </select></label>
        <label>${w("bring.source")}
          <input data-name="source" placeholder=${w("bring.source.hint")} .value=${this.source} ?disabled=${busy} @input=${(
            e: Event,
          ) => {
            this.source = (e.target as HTMLInputElement).value;
          }} /></label>
        ${this.scopes(info, busy)}
      </div>
      ${
        this.progress
          ? this.bar(this.progress)
          : html`<p class="acts"><span class="grow"></span><button type="button" class="main" data-act="bring" ?disabled=${!ready} @click=${() => void this.start()}>${w("bring.start")}</button></p>`
      }`;
  }

  private scopes(info: LayerInfo | undefined, busy: boolean): TemplateResult {
    const radio = (value: typeof this.scope, more: TemplateResult | typeof nothing = nothing) =>
      html`<label class="tick"><input type="radio" name="scope" value=${value} .checked=${this.scope === value} ?disabled=${busy} @change=${() => {
        this.scope = value;
      }} />${w(`bring.scope.${value}`)}</label>${more}`;
    return html`<fieldset class="scopes"><legend>${w("bring.scope")}</legend>
      ${radio("source")}
      ${
        info?.area
          ? radio(
              "area",
              this.scope === "area"
                ? html`<input class="area" inputmode="numeric" size="12" aria-label=${w("bring.area")} placeholder=${w("bring.area")} .value=${this.area} ?disabled=${busy} @input=${(
                    e: Event,
                  ) => {
                    this.area = (e.target as HTMLInputElement).value.trim();
                  }} />`
                : nothing,
            )
          : nothing
      }
      ${radio("layer")}
      <small class="hint">${w("bring.scope.help")}</small></fieldset>`;
  }

  private bar(progress: Progress): TemplateResult {
    const { state, sent, total, rate } = progress;
    const word: Word =
      state === "paused"
        ? "bring.paused"
        : state === "retrying"
          ? "bring.retrying"
          : state === "done"
            ? "bring.done"
            : "bring.sending";
    const left =
      rate > 0 && sent < total ? w("bring.left", { time: span((total - sent) / rate) }) : "";
    return html`<div class="progress ${state}">
      <p><b role="status">${w(word)}</b><span class="grow"></span><span class="number">${percent(sent, total)}</span></p>
      ${state === "done" ? html`<progress aria-label=${w(word)}></progress>` : html`<progress max=${total} .value=${sent} aria-label=${w(word)}></progress>`}
      <p class="hint"><span class="number">${[w("bring.progress", { sent: size(sent), total: size(total) }), left].filter((x) => x !== "").join(" · ")}</span><span class="grow"></span>
        ${state === "paused" || state === "retrying" ? html`<button type="button" class="text" @click=${() => this.sending?.resume()}>${w("bring.resume")}</button>` : nothing}
        ${state === "sending" ? html`<button type="button" class="text" @click=${() => this.sending?.pause()}>${w("bring.pause")}</button>` : nothing}
        ${state === "done" ? nothing : html`<button type="button" class="text" @click=${() => this.cancel()}>${w("bring.cancel")}</button>`}</p>
    </div>`;
  }

  private drag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files") || this.progress) return;
    event.preventDefault();
    this.over = true;
  }

  private undrag(): void {
    this.over = false;
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    if (this.progress) return;
    const items = [...(event.dataTransfer?.items ?? [])];
    const folder = items.some((i) => i.webkitGetAsEntry?.()?.isDirectory);
    if (folder) {
      this.file = null;
      this.refusal = "folder";
    } else this.take([...(event.dataTransfer?.files ?? [])]);
  }

  /** Takes files as they were dropped or chosen; none lets go of what was chosen before. */
  take(files: readonly File[]): void {
    const [file] = files;
    this.error = null;
    this.upload = "";
    this.guessed = false;
    this.refusal = file ? refusalOf(files) : "";
    this.large = file?.size ?? 0;
    this.single = file?.name.split(".").at(-1) ?? "";
    this.file = file && this.refusal === "" ? file : null;
    if (!this.file) return;
    void this.resume(this.file);
    if (this.layer === "") void this.guess(this.file);
  }

  // The file of an upload that was broken off goes on where it ended, as what it was.
  private async resume(file: File): Promise<void> {
    const found = await keptOf(file);
    if (!found || this.file !== file || this.progress) return;
    this.layer = found.layer;
    this.guessed = false;
    this.scope = found.scope;
    this.area = found.area;
    this.source = found.source;
    await this.start(found.upload);
  }

  private giveUp({ upload }: Kept): void {
    this.broken = this.broken.filter((k) => k.upload !== upload);
    void drop(upload);
  }

  // Kept from when the server has announced it, so that it outlives the page.
  private async keep(file: File, upload: string): Promise<void> {
    const { name, size, lastModified: modified } = file;
    const { layer, scope, area, source } = this;
    const mark = await markOf(file);
    if (this.sending?.id !== upload || this.sending.now.state === "cancelled") return;
    keep({ upload, name, size, modified, mark, layer, scope, area, source });
  }

  private async guess(file: File): Promise<void> {
    const bytes = await file.slice(0, HEAD).arrayBuffer();
    const head = /\.zip$|\.gpkg$|\.xlsx$/i.test(file.name) ? "" : decode(bytes);
    const layer = guessLayer(this.app.layers, file.name, head);
    if (!layer || this.layer !== "" || this.file !== file) return;
    this.layer = layer.id;
    this.guessed = true;
  }

  private choose(id: string): void {
    this.layer = id;
    this.guessed = false;
    if (this.scope === "area" && !this.app.layer(id)?.area) this.scope = "source";
  }

  private async start(upload = ""): Promise<void> {
    const { file } = this;
    if (!file) return;
    this.error = null;
    try {
      if (this.upload === "") {
        let announced = "";
        const sending = new Bringing(
          file,
          (progress) => {
            this.progress = progress;
            if (sending.id === announced) return;
            if (announced) forget(announced);
            announced = sending.id;
            if (announced) void this.keep(file, announced);
          },
          { upload },
        );
        this.sending = sending;
        this.progress = sending.now;
        const id = await sending.send();
        if (id === null) {
          this.progress = null;
          return;
        }
        this.upload = id;
      } else this.progress = { state: "done", sent: file.size, total: file.size, rate: 0 };
      const source = this.source.trim() || file.name;
      const scope =
        this.scope === "layer"
          ? "layer"
          : this.scope === "area"
            ? `area:${this.area}`
            : `source:${source}`;
      const { upload: brought } = this;
      const batch = await surveys.bring({
        upload: brought,
        layer: this.layer,
        source,
        scope,
        options: {},
      });
      forget(brought);
      this.brought(batch);
    } catch (error) {
      this.error = error;
      this.progress = null;
    }
  }

  private cancel(): void {
    const { sending } = this;
    if (sending && this.progress && this.progress.state !== "done") {
      forget(sending.id);
      this.broken = this.broken.filter((k) => k.upload !== sending.id);
    }
    void this.sending?.cancel();
    this.progress = null;
  }
}

/** The beginning of a file as text: UTF-8, or else as Chinese tables usually are. */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

customElements.define("om-import-bring", BringPiece);
