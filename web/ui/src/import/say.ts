import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api/client.ts";
import { whole } from "../format/number.ts";
import { lang } from "../i18n/t.ts";
import { known, type Word, w } from "./words.ts";

/** Bytes as people write them: 812 KB, 1.4 GB. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${whole(bytes)} B`;
  let value = bytes;
  for (const unit of ["KB", "MB", "GB", "TB"]) {
    value /= 1_000;
    if (value < 999.5 || unit === "TB")
      return `${value < 10 ? value.toFixed(1) : whole(value)} ${unit}`;
  }
  return "";
}

/** A stretch of time in its largest fitting unit. */
export function span(seconds: number): string {
  if (seconds < 90) return w("time.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5_400) return w("time.minutes", { n: Math.round(seconds / 60) });
  return w("time.hours", { n: (seconds / 3_600).toFixed(1) });
}

/** A share as per cent: 0.4%, 12%. Something is never written as nothing. */
export function percent(part: number, all: number): string {
  if (all === 0) return "–";
  const share = (100 * part) / all;
  if (part > 0 && share < 0.1) return "<0.1%";
  return `${share < 10 ? Math.round(share * 10) / 10 : Math.round(share)}%`;
}

/** What an edition stands for, in words. */
export function scope(text: string): string {
  const [kind, ...rest] = text.split(":");
  if (kind === "area") return `${w("bring.scope.area")} ${rest.join(":")}`;
  if (kind === "source") return `${w("bring.scope.source")} (${rest.join(":")})`;
  return w("bring.scope.layer");
}

/** The words for a status that the server answered with. */
export function words(problem: Problem): string {
  if (problem.offline) return w("offline");
  const same = /brought already: it is batch (\d+)/.exec(problem.message);
  if (same) return w("error.same", { n: same[1] ?? "" });
  const { status } = problem;
  const key = status === 422 ? 400 : status > 500 && status !== 503 ? 500 : status;
  const word = known("error", String(key));
  return word === String(key) ? w("failed") : word;
}

/** What went wrong, in the reader's language, with the server's own sentence. */
export function trouble(error: unknown, again?: () => void): TemplateResult {
  const problem = error instanceof Problem ? error : new Problem(500, String(error));
  const same = /brought already: it is batch (\d+)/.exec(problem.message)?.[1];
  const field = problem.field ? ` (${problem.field})` : "";
  return html`<div class="trouble" role="alert">
    <p><b>${words(problem)}</b></p>
    ${problem.offline || !problem.message || same ? nothing : html`<p class="own" lang="en">${lang() === "zh" ? html`<span lang="zh-CN">${w("error.detail")}：</span>` : nothing}${problem.message}${field}</p>`}
    ${same ? html`<p><a href="#import=${same}">${w("batch", { n: same })}</a></p>` : nothing}
    ${again ? html`<p><button type="button" class="plain" @click=${again}>${w("retry")}</button></p>` : nothing}
  </div>`;
}

/** Who did something; without accounts all that is known is that it was from here. */
export function who(name: string): string {
  return known("who", name);
}

/** A note on a batch's way: the program's own in the reader's language, a person's as it is. */
export function note(text: string): string {
  const own = known("note", text);
  if (own !== text) return own;
  if (text.startsWith("check failed: ")) {
    return `${w("check.failed")}: ${text.slice("check failed: ".length)}`;
  }
  if (text.startsWith("not understood: ")) {
    try {
      const { detail } = JSON.parse(text.slice("not understood: ".length)) as { detail?: string };
      return `${w("position.refused")}: ${detail ?? ""}`;
    } catch {
      return w("position.refused");
    }
  }
  return text;
}

/** A state's name. */
export function stateName(state: string): string {
  return known("state", state);
}

export type { Word };
