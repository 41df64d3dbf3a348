import { html, nothing, type TemplateResult } from "lit";
import { moment } from "../format/time.ts";
import { icon } from "../ui/icons.ts";
import { note, stateName, who } from "./say.ts";
import type { BatchDetail, BatchState, Step } from "./types.ts";
import { w } from "./words.ts";

const WAY: BatchState[] = [
  "uploaded",
  "parsed",
  "checked",
  "self_checked",
  "city_checked",
  "accepted",
  "published",
];

/** How far along the way a survey is; what left the way stands where it left it. */
export function reached(batch: Pick<BatchDetail, "state" | "way">): number {
  const at = WAY.indexOf(batch.state);
  if (at >= 0) return at;
  if (batch.state === "superseded" || batch.state === "withdrawn") return WAY.length - 1;
  const before = (batch.way ?? []).map((s) => WAY.indexOf(s.state)).filter((i) => i >= 0);
  return before.at(-1) ?? 0;
}

/** The steps of a survey's way with who took them and when. */
export function steps(batch: BatchDetail): TemplateResult {
  const at = reached(batch);
  const off = !WAY.includes(batch.state);
  const way = batch.way ?? [];
  return html`<section class="steps"><ol aria-label=${w("steps")}>${WAY.map((state, i) => {
    const step = i <= at ? way.findLast((s) => s.state === state) : undefined;
    const kind = i < at ? "past" : i === at ? (off ? "off" : "now") : "ahead";
    const name = i === at && off ? stateName(batch.state) : stateName(state);
    return html`<li class=${kind} aria-current=${i === at ? "step" : nothing} title=${step ? `${who(step.who)} · ${moment(step.at)}` : nothing}>
      <i aria-hidden="true">${kind === "past" ? icon("tick", 14) : kind === "off" ? icon("close", 14) : i + 1}</i>
      <span>${name}</span><small>${step ? moment(step.at).slice(5) : ""}</small>
      <span class="sr">${w(kind === "past" ? "step.done" : kind === "ahead" ? "step.ahead" : "step.now")}</span></li>`;
  })}</ol>
    <details class="history"><summary>${w("step.history")}</summary><ul>${way.map(entry)}</ul></details></section>`;
}

function entry(step: Step): TemplateResult {
  return html`<li><time class="number" datetime=${step.at}>${moment(step.at)}</time> <b>${stateName(step.state)}</b> ${who(step.who)}${step.note ? html` · <q>${note(step.note)}</q>` : nothing}</li>`;
}
