import { html, nothing } from "lit";
import { pathLength } from "../earth/geodesic.ts";
import { length } from "../format/number.ts";
import { t } from "../i18n/t.ts";
import { icon } from "./icons.ts";
import { Part } from "./part.ts";

/** The card that tells the measured distance, along the ellipsoid and not on the picture. */
export class Measure extends Part {
  protected override watched() {
    return ["tool", "path"] as const;
  }

  private readonly key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && this.state.tool === "measure") this.app.measure(false);
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.key);
  }

  protected override render() {
    const { tool, path } = this.state;
    if (tool !== "measure") return nothing;
    return html`<section class="measure card" aria-label=${t("measure")}>
      <p><span>${t("measure")}</span> <output>${path.length > 1 ? length(pathLength(path)) : "–"}</output></p>
      <p class="hint">${t("measure.hint")}</p>
      <button type="button" class="quiet" ?disabled=${path.length === 0} aria-label=${t("measure.undo")} title=${t("measure.undo")}
        @click=${() => this.app.store.set({ path: path.slice(0, -1) })}>${icon("undo", 18)}</button>
      <button type="button" class="quiet" aria-label=${t("measure.clear")} title=${t("measure.clear")}
        @click=${() => this.app.measure(false)}>${icon("close", 18)}</button>
    </section>`;
  }
}

customElements.define("om-measure", Measure);
