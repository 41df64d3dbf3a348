import { html, nothing } from "lit";
import { load } from "../app/boot.ts";
import { say, t } from "../i18n/t.ts";
import { icon } from "./icons.ts";
import { Part } from "./part.ts";

/** What is wrong, in one line at the top of the map, with the way out of it; and short notices. */
export class Banner extends Part {
  protected override watched() {
    return ["online", "counting", "tilesFailed", "mapFailed", "notice", "wall", "page"] as const;
  }

  protected override render() {
    const { catalogue, online, counting, tilesFailed, mapFailed, notice, page } = this.state;
    const failed = catalogue.is === "failed";
    const line = failed
      ? `${t("state.error")}${catalogue.error.message ? `: ${catalogue.error.message}` : ""}`
      : mapFailed
        ? t("state.map")
        : !online
          ? t("state.offline")
          : counting === "failed"
            ? t("state.error")
            : tilesFailed
              ? t("state.tiles")
              : "";
    return html`
      <div class="banners">
        ${
          line
            ? html`<p class="banner card ${failed ? "grave" : ""}" role="alert">${icon("offline", 18)}<span>${line}</span>
            ${mapFailed ? nothing : html`<button type="button" class="text" @click=${() => this.again(failed)}>${t("state.retry")}</button>`}</p>`
            : nothing
        }
        ${page?.archive ? html`<p class="banner archive card" role="note">${say(page.archive.notice)}</p>` : nothing}
        <p class="notice card ${notice?.kind ?? ""}" role="status" ?hidden=${!notice}>${notice?.text ?? ""}</p>
      </div>`;
  }

  private again(everything: boolean): void {
    if (everything) {
      void load(this.app);
      return;
    }
    const { box } = this.state;
    this.app.store.set({ online: true, tilesFailed: false, counting: "idle" });
    if (box) this.app.store.set({ box: [...box] });
    this.app.map?.restyle();
  }
}

customElements.define("om-banner", Banner);
