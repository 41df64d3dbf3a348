import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Value } from "../api/types.ts";
import { length, whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { plain } from "../ui/value.ts";
import { surveys } from "./api.ts";
import type { Mark } from "./marks.ts";
import { differences, kindOf } from "./overlay.ts";
import { Piece } from "./piece.ts";
import { trouble } from "./say.ts";
import { sign } from "./sign.ts";
import type { Comparison, Difference } from "./types.ts";
import { type Word, w } from "./words.ts";

const PAGE = 500;

/** In what the survey differs from what is published: in figures, as a list, on the map. */
export class DifferencePiece extends Piece {
  static override properties = {
    ...Piece.properties,
    sum: { state: true },
    rows: { state: true },
    more: { state: true },
    kind: { state: true },
    phase: { state: true },
    error: { state: true },
    chosen: { state: true },
  };
  declare sum: Comparison | null;
  declare rows: readonly Difference[];
  declare more: boolean;
  declare kind: "" | "new" | "changed" | "gone";
  declare phase: "idle" | "loading" | "failed";
  declare error: unknown;
  declare chosen: string | null;
  private asked = "";

  constructor() {
    super();
    this.sum = null;
    this.rows = [];
    this.more = false;
    this.kind = "";
    this.phase = "idle";
    this.error = null;
    this.chosen = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.overlay.picked = (key) => this.choose(key, false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.overlay.picked = null;
    this.overlay.clear();
    this.asked = "";
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("batch") && !changed.has("kind")) return;
    const key = JSON.stringify([this.batch.id, this.batch.updated_at, this.kind]);
    if (key === this.asked) return;
    this.asked = key;
    void this.fetch(false);
  }

  private async fetch(append: boolean): Promise<void> {
    const { asked } = this;
    const { id } = this.batch;
    this.phase = "loading";
    try {
      const after = append ? (this.rows.at(-1)?.key ?? "") : "";
      const sum = append && this.sum ? this.sum : await surveys.comparison(id);
      const page = await surveys.differences(id, this.kind, after, PAGE);
      if (asked !== this.asked) return;
      this.sum = sum;
      this.rows = append ? [...this.rows, ...page.differences] : page.differences;
      this.more = page.more;
      this.phase = "idle";
      this.overlay.show(differences(this.rows));
      if (!append) this.overlay.fit(true);
    } catch (error) {
      if (asked !== this.asked) return;
      this.error = error;
      this.phase = "failed";
    }
  }

  protected override render() {
    if (this.phase === "failed") return trouble(this.error, () => void this.fetch(false));
    const { sum } = this;
    if (!sum) {
      return html`<div class="skeleton" role="status" aria-label=${w("loading")}><i class="w5"></i><i class="w6"></i><i class="w4"></i></div>`;
    }
    const none = sum.new + sum.changed + sum.gone === 0;
    return html`
      <div class="chips filters-row" role="group" aria-label=${w("diff")}>
        ${this.chip("", "diff.all", sum.new + sum.changed + sum.gone)}
        ${this.chip("new", "diff.new", sum.new, "new")}
        ${this.chip("changed", "diff.changed", sum.changed, "changed")}
        ${this.chip("gone", "diff.gone", sum.gone, "gone")}
        <span class="hint">${sum.moved > 0 ? html`${sign("moved")} ${w("diff.moved")} <b class="number">${whole(sum.moved)}</b> · ` : nothing}${w("diff.unchanged")} <b class="number">${whole(sum.unchanged)}</b></span>
      </div>
      ${none ? html`<p class="clean">${w("diff.none")}</p>` : nothing}
      <ul class="differences">${this.rows.map((d) => this.row(d))}</ul>
      ${this.more ? html`<p class="hint">${w("diff.map", { n: whole(this.rows.length) })} <button type="button" class="text" ?disabled=${this.phase === "loading"} @click=${() => this.fetch(true)}>${w("diff.more")}</button></p>` : nothing}`;
  }

  private chip(kind: typeof this.kind, word: Word, n: number, mark?: Mark): TemplateResult {
    return html`<button type="button" class="chip" data-kind=${kind || "all"} aria-pressed=${this.kind === kind ? "true" : "false"} @click=${() => {
      this.kind = kind;
    }}>${mark ? sign(mark) : nothing}${w(word)} <b class="number">${whole(n)}</b></button>`;
  }

  private row(d: Difference): TemplateResult {
    const kind = kindOf(d);
    const label = this.layer?.label ?? "";
    const name = d.record?.[label];
    const place = d.new ?? d.old;
    return html`<li><button type="button" class=${this.chosen === d.key ? "on" : ""} data-key=${d.key} aria-pressed=${this.chosen === d.key ? "true" : "false"} @click=${() => this.choose(d.key, true)}>
      ${sign(kind)}<span class="text-of"><span><b>${name ? String(name) : d.key}</b> <small>${w(`diff.${kind}` as Word)}${name ? ` · ${d.key}` : ""}${d.moved > 1 ? ` · ${w("diff.metres", { n: length(d.moved) })}` : ""}${place ? "" : ` · ${w("diff.nowhere")}`}</small></span>
      ${d.fields?.length ? html`<span class="fields">${d.fields.map((f) => this.change(f))}</span>` : nothing}</span></button></li>`;
  }

  private change(f: { field: string; old: unknown; new: unknown }): TemplateResult {
    const field = this.field(f.field);
    const text = (v: unknown) => {
      if (v === null || v === undefined || v === "") return w("diff.empty");
      const value = v as Value;
      return field && this.layer ? plain(this.layer, field, value) : JSON.stringify(v);
    };
    return html`<span class="change">${field ? say(field.title) : f.field}: <del>${text(f.old)}</del> → <ins>${text(f.new)}</ins></span>`;
  }

  private choose(key: string, go: boolean): void {
    const d = this.rows.find((r) => r.key === key);
    if (!d) return;
    this.chosen = key;
    this.overlay.mark(d.new ?? d.old, go);
    if (!go) {
      void this.updateComplete.then(() =>
        this.querySelector(".differences .on")?.scrollIntoView({ block: "nearest" }),
      );
    }
  }
}

customElements.define("om-import-difference", DifferencePiece);
