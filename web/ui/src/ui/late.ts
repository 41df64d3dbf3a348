import { html, type TemplateResult } from "lit";
import type { App } from "../app/app.ts";
import { t } from "../i18n/t.ts";

type Stage = "none" | "loading" | "here" | "failed";

/** A part of the page whose program is fetched when it is first shown. */
class Late {
  private stage: Stage = "none";
  private readonly load: () => Promise<unknown>;

  constructor(load: () => Promise<unknown>) {
    this.load = load;
  }

  /** How far it is; begins to fetch when it has not, and calls redraw after each step. */
  look(redraw: () => void): Stage {
    if (this.stage === "none") {
      const step = (stage: Stage) => {
        this.stage = stage;
        redraw();
      };
      this.stage = "loading";
      this.load().then(
        () => step("here"),
        () => step("failed"),
      );
    }
    return this.stage;
  }

  again(redraw: () => void): void {
    this.stage = "none";
    redraw();
  }
}

const importPage = new Late(() => import("../import/index.ts"));
const questions = new Late(() => import("../ask/index.ts"));

/** The import page. */
export function lateImport(app: App, redraw: () => void): TemplateResult {
  const stage = importPage.look(redraw);
  if (stage === "here") return html`<om-import .app=${app}></om-import>`;
  if (stage === "failed") {
    return html`<section class="import card" role="alert"><p class="bad">${t("import.failed")}
      <button type="button" class="text" @click=${() => importPage.again(redraw)}>${t("state.retry")}</button></p></section>`;
  }
  return html`<section class="import card" data-covers=${app.store.now.phone ? "bottom" : "left"} aria-busy="true"><div class="skeleton" role="status" aria-label=${t("import.wait")}>
    <i class="w5"></i><i class="w6"></i><i class="w4"></i></div></section>`;
}

/** The questions. */
export function lateAsk(app: App, redraw: () => void): TemplateResult {
  const stage = questions.look(redraw);
  if (stage === "here") return html`<om-ask .app=${app}></om-ask>`;
  if (stage === "failed") {
    return html`<aside class="side card" role="alert"><div class="body"><p class="bad">${t("ask.failed")}
      <button type="button" class="text" @click=${() => questions.again(redraw)}>${t("state.retry")}</button></p></div></aside>`;
  }
  return html`<aside class="side card" aria-busy="true"><div class="skeleton" role="status" aria-label=${t("ask.wait")}>
    <i class="w5"></i><i class="w6"></i><i class="w4"></i></div></aside>`;
}
