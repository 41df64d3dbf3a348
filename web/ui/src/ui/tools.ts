import { html, nothing, type TemplateResult } from "lit";
import { type Key, say, t } from "../i18n/t.ts";
import { refusal } from "../map/basemap.ts";
import { type IconName, icon } from "./icons.ts";
import { Part } from "./part.ts";
import { printMap } from "./print.ts";

/** The slim rail of tools at the map's right edge. */
export class Tools extends Part {
  static override properties = {
    ...Part.properties,
    bases: { state: true },
    open: { state: true },
  };
  declare bases: boolean;
  declare open: boolean;

  constructor() {
    super();
    this.bases = false;
    this.open = false;
  }

  protected override watched() {
    return [
      "tool",
      "table",
      "grey",
      "basemap",
      "page",
      "selection",
      "choices",
      "phone",
      "importing",
      "asking",
    ] as const;
  }

  protected override render() {
    const { tool, table, grey, page, selection, choices, phone, on, importing, asking } =
      this.state;
    const shifted = !phone && (selection !== null || choices.length > 0 || asking !== null);
    const more = html`
      ${page?.archive ? nothing : this.button("ask", "tool.ask", () => this.ask(), asking !== null)}
      ${this.button("home", "tool.home", () => this.app.map?.camera.home())}
      ${this.button("ruler", "tool.measure", () => this.app.measure(tool !== "measure"), tool === "measure")}
      ${this.button("table", "tool.table", () => this.app.showTable(table ? null : { layer: [...on].find((id) => id !== "admin_unit") ?? this.app.layers[0]?.id ?? "", filters: {}, inView: true }), table !== null)}
      ${this.button("bring", "tool.import", () => this.app.openImport(importing ? null : { batch: null }), importing !== null)}
      ${page && page.basemaps.length > 0 ? this.button("base", "tool.base", () => this.toggleBases(), this.bases) : nothing}
      ${this.button("grey", "tool.grey", () => this.app.store.set({ grey: !grey }), grey)}
      ${this.button("print", "tool.print", () => printMap(this.app))}
      ${this.button("link", "tool.share", () => void this.app.copyLink(t("tool.shared")))}
      <button type="button" class="lang" lang=${this.state.lang === "zh" ? "en" : "zh-CN"} aria-label=${t("tool.lang")} title=${t("tool.lang")}
        @click=${() => this.app.setLang(this.state.lang === "zh" ? "en" : "zh")}>${t("tool.langmark")}</button>`;
    return html`
      <nav class="tools ${shifted ? "shifted" : ""}" aria-label=${t("tool")}>
        <div class="rail card">
          ${this.button("plus", "tool.in", () => this.app.map?.camera.zoomBy(1))}
          ${this.button("minus", "tool.out", () => this.app.map?.camera.zoomBy(-1))}
          ${phone ? this.button("more", "tool.more", () => this.toggleMore(), this.open) : nothing}
        </div>
        ${!phone || this.open ? html`<div class="rail card">${more}</div>` : nothing}
        ${this.bases ? this.chooser() : nothing}
      </nav>`;
  }

  // On a phone the tools make room for the questions.
  private ask(): void {
    this.app.ask(this.state.asking ? null : {});
    this.open = false;
  }

  private toggleBases(): void {
    this.bases = !this.bases;
  }

  private toggleMore(): void {
    this.open = !this.open;
  }

  private button(name: IconName, key: Key, act: () => void, pressed?: boolean): TemplateResult {
    return html`<button type="button" aria-label=${t(key)} title=${t(key)} data-tool=${name}
      aria-pressed=${pressed === undefined ? nothing : pressed ? "true" : "false"} @click=${act}>${icon(name)}</button>`;
  }

  private chooser(): TemplateResult {
    const { page, basemap } = this.state;
    const option = (id: string, name: string, why: string) => html`<li>
      <label class=${why ? "refused" : ""}><input type="radio" name="base" .checked=${basemap === id} ?disabled=${why !== ""}
        @change=${() => this.app.store.set({ basemap: id })} />${name}</label>
      ${why ? html`<p class="bad" role="note">${why}</p>` : nothing}</li>`;
    return html`<fieldset class="bases card"><legend>${t("tool.base")}</legend><ul>
      ${option("", t("base.none"), "")}
      ${(page?.basemaps ?? []).map((b) => {
        const no = refusal(b);
        const why = !no
          ? ""
          : no.datum
            ? t("base.refused", { datum: no.datum, metres: no.metres || "?" })
            : t("base.unknown");
        return option(b.id, say(b.title), why);
      })}
    </ul></fieldset>`;
  }
}

customElements.define("om-tools", Tools);
