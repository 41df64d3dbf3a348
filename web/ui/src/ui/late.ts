import { html, type TemplateResult } from "lit";
import type { App } from "../app/app.ts";
import { t } from "../i18n/t.ts";

let state: "none" | "loading" | "here" | "failed" = "none";

/** The import page, whose program is fetched when it is first shown. */
export function lateImport(app: App, redraw: () => void): TemplateResult {
  if (state === "here") return html`<om-import .app=${app}></om-import>`;
  if (state === "failed") {
    return html`<section class="import card" role="alert"><p class="bad">${t("import.failed")}
      <button type="button" class="text" @click=${() => {
        state = "none";
        redraw();
      }}>${t("state.retry")}</button></p></section>`;
  }
  if (state === "none") {
    state = "loading";
    import("../import/index.ts").then(
      () => {
        state = "here";
        redraw();
      },
      () => {
        state = "failed";
        redraw();
      },
    );
  }
  return html`<section class="import card" data-covers=${app.store.now.phone ? "bottom" : "left"} aria-busy="true"><div class="skeleton" role="status" aria-label=${t("import.wait")}>
    <i class="w5"></i><i class="w6"></i><i class="w4"></i></div></section>`;
}
