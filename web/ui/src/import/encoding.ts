import { html, nothing, type TemplateResult } from "lit";
import type { Encoding, Reading } from "./types.ts";
import { w } from "./words.ts";

const NAMES: Record<string, string> = { GB18030: "GB18030 / GBK" };

/** Three texts of the file as they are read now: what is no ASCII tells whether that is right. */
export function samplesOf(reading: Reading | null): TemplateResult | typeof nothing {
  const texts = (reading?.columns ?? []).flatMap((c) => [...(c.samples ?? []), c.name]);
  const telling = [...new Set(texts.filter((text) => /[^ -~]/.test(text)))].slice(0, 3);
  return telling.length > 0 ? samples(telling) : nothing;
}

function samples(texts: readonly string[]): TemplateResult {
  return html`<p class="samples">${texts.map((text) => html`<span>${text}</span>`)}</p>`;
}

/** The same three texts in each character set; the one that reads well is taken. */
export function encodingChoice(
  list: readonly Encoding[] | null,
  said: string,
  fixed: boolean,
  take: (encoding: string) => void,
): TemplateResult {
  if (!list) return html`<p class="hint" role="status">${w("loading")}</p>`;
  const choice = (encoding: string, name: string, more: TemplateResult | typeof nothing) =>
    html`<label><input type="radio" name="encoding" value=${encoding} .checked=${said === encoding} ?disabled=${fixed} @change=${() => take(encoding)} />
      <span class="name">${name}</span>${more}</label>`;
  // Those that leave no broken characters first.
  const sorted = [...list].sort((a, b) => Number(a.broken) - Number(b.broken));
  return html`<fieldset class="choice encodings"><legend>${w("read.encoding.take")}</legend>
    ${choice("", w("read.encoding.auto"), nothing)}
    ${sorted.map((e) =>
      choice(
        e.encoding,
        NAMES[e.encoding] ?? e.encoding,
        html`${samples(e.samples)}${e.broken ? html`<small class="bad">${w("read.encoding.broken")}</small>` : nothing}`,
      ),
    )}
    ${list.length === 0 ? html`<p class="hint">${w("read.encoding.same")}</p>` : nothing}</fieldset>`;
}
