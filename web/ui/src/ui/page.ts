import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n/t.ts";
import { lateAsk, lateImport } from "./late.ts";
import { Part } from "./part.ts";
import "./banner.ts";
import "./bottom.ts";
import "./measure.ts";
import "./panel.ts";
import "./record.ts";
import "./search.ts";
import "./sheet.ts";
import "./table.ts";
import "./tools.ts";
import "./tooltip.ts";
import "./wall.ts";

/** The whole page: the map from edge to edge, and over it what this screen has room for. */
export class OnePage extends Part {
  protected override watched() {
    return ["wall", "phone", "grey", "importing", "asking"] as const;
  }

  protected override render() {
    const { wall, phone, grey, importing } = this.state;
    document.documentElement.classList.toggle("grey", grey);
    document.documentElement.classList.toggle("wall", wall);
    document.documentElement.classList.toggle("phone", phone);
    document.documentElement.classList.toggle("importing", importing !== null && !wall);
    return html`
      <a class="skip" href="#map" @click=${this.skip}>${t("skip")}</a>
      <main id="map" aria-label=${t("map")}></main>
      ${wall ? html`<om-wall .app=${this.app}></om-wall>${this.asking()}` : phone ? this.small() : this.large()}
      <om-banner .app=${this.app}></om-banner>
      <om-tooltip .app=${this.app}></om-tooltip>
      <om-measure .app=${this.app}></om-measure>
      ${wall ? html`<om-bottom .app=${this.app}></om-bottom>` : nothing}`;
  }

  private large() {
    if (this.state.importing) return this.importing();
    return html`
      <om-panel .app=${this.app}></om-panel>
      <om-table .app=${this.app}></om-table>
      ${this.asking()}
      <om-record .app=${this.app}></om-record>
      <om-tools .app=${this.app}></om-tools>
      <om-bottom .app=${this.app}></om-bottom>`;
  }

  // The import page is a part of its own that comes when it is first asked for.
  private importing(): TemplateResult {
    return html`${lateImport(this.app, () => this.requestUpdate())}
      <om-tools .app=${this.app}></om-tools>
      <om-bottom .app=${this.app}></om-bottom>`;
  }

  // The questions too; a record that is opened meanwhile lies over them.
  private asking() {
    return this.state.asking ? lateAsk(this.app, () => this.requestUpdate()) : nothing;
  }

  private small() {
    if (this.state.importing) return this.importing();
    return html`
      <om-bottom .app=${this.app}></om-bottom>
      <om-tools .app=${this.app}></om-tools>
      <om-sheet .app=${this.app}></om-sheet>
      <om-table .app=${this.app}></om-table>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.app.map?.map.getCanvas().focus();
  }
}

customElements.define("om-page", OnePage);
