import { html, svg, type TemplateResult } from "lit";
import { COLOURS, form, type Mark } from "./marks.ts";

/** A mark as the map draws it, for lists and legends. */
export function sign(mark: Mark, size = 16): TemplateResult {
  const { path, sign: inner, hollow } = form(mark);
  const colour = COLOURS[mark];
  if (mark === "moved") {
    return html`<svg class="symbol" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
      ${svg`<path d="M3 18 15 9" stroke=${colour} stroke-width="3" stroke-linecap="round"></path><path d="M10 5l11 0-5 10z" fill=${colour}></path>`}</svg>`;
  }
  return html`<svg class="symbol" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
    ${svg`<path d=${path} fill=${hollow ? "#ffffff" : colour} stroke=${hollow ? colour : "none"} stroke-width="3" stroke-dasharray=${mark === "gone" ? "4 3" : "none"}></path>
    <path d=${inner} fill="none" stroke="#ffffff" stroke-width="2.6" stroke-linecap="round"></path>`}</svg>`;
}
