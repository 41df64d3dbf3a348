import { html, nothing, type TemplateResult } from "lit";
import type { Text } from "../api/types.ts";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { CANDIDATES, letter } from "./marks.ts";
import { rowsOf } from "./overlay.ts";
import type { Candidate, Options, Placing, Position } from "./types.ts";
import { type Word, w } from "./words.ts";

/** What the card asks of the part that it stands in. */
interface Host {
  readonly chosen: number | null;
  readonly example: number;
  readonly fixed: boolean;
  edit(draft: Options): void;
  apply(draft: Options): Promise<void>;
  look(candidate: number | null): void;
  turn(example: number): void;
}

/** How the positions have been understood, with the evidence, and the question if there is one. */
export function positionCard(position: Position, draft: Options, host: Host): TemplateResult {
  const { outcome } = position;
  if (outcome === "") {
    return html`<section class="block"><h3>${w("position")}</h3><p class="hint">${w("position.none")}</p></section>`;
  }
  const own = Object.keys(draft.placing ?? {}).length > 0;
  const title = say(position.title);
  return html`<section class="block position ${outcome}">
    <h3>${w("position")}<span class="badge ${outcome}">${w(`position.${outcome}` as Word)}</span>
      ${outcome === "decided" || outcome === "trusted" ? html`<span class="sure">${w("position.sure", { n: Math.round(position.confidence * 100) })}</span>` : nothing}
      ${own ? html`<span class="tag">${w("position.own")}</span>` : nothing}</h3>
    ${title ? html`<p class="title">${title}</p>` : nothing}
    ${position.question && say(position.question) ? html`<p class="question">${say(position.question)}</p>` : nothing}
    ${sentences(position.warnings, "warn")}
    ${
      !position.candidates?.length
        ? nothing
        : outcome === "ask"
          ? choices(position.candidates, draft, host)
          : html`<details><summary>${w("position.others")}</summary>${choices(position.candidates, draft, host)}</details>`
    }
    ${
      position.evidence?.length
        ? html`<details ?open=${outcome !== "ask"}><summary>${w("position.why")}</summary>${sentences(position.evidence, "said")}</details>`
        : nothing
    }
    ${byHand(draft, host)}
  </section>`;
}

function sentences(
  list: readonly Text[] | null | undefined,
  kind: string,
): TemplateResult | typeof nothing {
  return list?.length
    ? html`<ul class=${kind}>${list.map((s) => html`<li>${say(s)}</li>`)}</ul>`
    : nothing;
}

function choices(list: readonly Candidate[], draft: Options, host: Host): TemplateResult {
  return html`<fieldset class="choice candidates"><legend>${w("position.choose")}</legend>
    ${examples(rowsOf(list), host)}
    ${list.map(
      (candidate, i) => html`<div class="candidate ${host.chosen === i ? "on" : ""}">
      <label><input type="radio" name="candidate" .checked=${host.chosen === i} ?disabled=${host.fixed} @change=${() => host.look(i)} />
        <b class="letter c${i % CANDIDATES.length}">${letter(i)}</b>
        <span>${say(candidate.title)} <small class="hint">${w("position.sure", { n: Math.round(candidate.confidence * 100) })}</small></span></label>
      ${host.chosen === i ? sentences(candidate.evidence, "said") : nothing}
      ${
        host.chosen === i
          ? html`<p><button type="button" class="main" ?disabled=${host.fixed} @click=${() => void host.apply({ ...draft, placing: candidate.choose })}>${w("position.take")}</button>
            <button type="button" class="plain" @click=${() => host.look(null)}>${w("findings.all")}</button></p>`
          : nothing
      }</div>`,
    )}</fieldset>`;
}

// The records that stand for the others, one after the other.
function examples(rows: readonly number[], host: Host): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  const at = Math.min(host.example, rows.length - 1);
  const step = (to: number, word: "position.prev" | "position.next", sign: "left" | "right") =>
    html`<button type="button" class="quiet" ?disabled=${to < 0 || to >= rows.length} aria-label=${w(word)} title=${w(word)} @click=${() => host.turn(to)}>${icon(sign, 18)}</button>`;
  return html`<p class="step-of examples">${step(at - 1, "position.prev", "left")}
    <span class="number" role="status">${w("position.row", { n: whole(rows[at] ?? 0) })}</span> <span class="hint number">${at + 1} / ${rows.length}</span>
    ${step(at + 1, "position.next", "right")}</p>`;
}

const SYSTEMS = [
  "4490",
  "4326",
  "4547",
  "4548",
  "4549",
  "4550",
  "4508",
  "4509",
  "4526",
  "4527",
  "4528",
  "4529",
  "3857",
];

function byHand(draft: Options, host: Host): TemplateResult {
  const { placing = {} } = draft;
  const put = (patch: Placing) => {
    const next = Object.fromEntries(
      Object.entries({ ...placing, ...patch }).filter(([, v]) => v !== ""),
    );
    host.edit({ ...draft, placing: next });
  };
  const pick = (
    name: "axis" | "shift",
    label: Word,
    options: [string, string][],
  ) => html`<label>${w(label)}
    <select ?disabled=${host.fixed} @change=${(e: Event) => put({ [name]: (e.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!placing[name]}>${w("position.auto")}</option>
      ${options.map(([v, text]) => html`<option value=${v} ?selected=${placing[name] === v}>${text}</option>`)}
    </select></label>`;
  return html`<details class="byhand" ?open=${Object.keys(placing).length > 0}><summary>${w("position.by")}</summary>
    <div class="row-of">
      <label>${w("position.crs")}
        <input list="systems" size="11" placeholder="EPSG:4549" .value=${placing.crs ?? ""} ?disabled=${host.fixed}
          @change=${(e: Event) => put({ crs: system((e.target as HTMLInputElement).value) })} />
        <datalist id="systems">${SYSTEMS.map((s) => html`<option value=${`EPSG:${s}`}></option>`)}</datalist></label>
      ${pick("axis", "position.axis", [
        ["xy", w("position.axis.xy")],
        ["yx", w("position.axis.yx")],
      ])}
      ${pick("shift", "position.shift", [
        ["none", w("position.shift.none")],
        ["GCJ02", "GCJ-02"],
        ["BD09", "BD-09"],
      ])}
      ${Object.keys(placing).length > 0 ? html`<button type="button" class="text" ?disabled=${host.fixed} @click=${() => host.edit({ ...draft, placing: {} })}>${w("position.forget")}</button>` : nothing}
    </div></details>`;
}

/** A typed code as the server takes it: 4549 and epsg:4549 are EPSG:4549. */
export function system(text: string): string {
  const code = /^\s*(?:epsg\s*[::]?\s*)?(\d{4,6})\s*$/i.exec(text)?.[1];
  return code ? `EPSG:${code}` : text.trim();
}
