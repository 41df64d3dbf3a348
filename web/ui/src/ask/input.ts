import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app/app.ts";
import { position, SYSTEMS, type System } from "../format/angle.ts";
import { unit } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { type Filled, range } from "./fill.ts";
import { type Draft, FORMS, type Form } from "./shape.ts";
import type { Input } from "./types.ts";
import { w } from "./words.ts";

/** What a field of a form needs of its form. */
export interface Holder {
  app: App;
  filled: Filled;
  /** Of which input something is being drawn, and in which form. */
  drawing: { name: string; form: Form } | null;
  set(name: string, value: unknown): void;
  draw(name: string, form: Form): void;
  stopDrawing(): void;
}

/** One input as fields of a form, with its title, what is to be known, and what is wrong. */
export function field(h: Holder, input: Input, wrong: string | undefined): TemplateResult {
  const { name, kind } = input;
  const id = `ask-${name}`;
  const about = [
    input.description ? say(input.description) : "",
    (kind === "number" || kind === "integer") && range(input)
      ? w("range", { range: range(input) })
      : "",
    kind === "time" ? w("time.zone") : "",
    input.many && kind === "place" ? w("place.hint") : "",
    input.many && (kind === "number" || kind === "integer") ? w("number.many") : "",
  ].filter((text) => text !== "");
  const grouped = kind === "shape" || (input.many && (kind === "choice" || kind === "layer"));
  const title = html`${say(input.title)}${input.required ? html`<small>${w("required")}</small>` : nothing}`;
  return html`<div class="input ${wrong ? "wrong" : ""}" data-input=${name} role=${grouped ? "group" : nothing} aria-labelledby=${grouped ? `${id}-title` : nothing}>
    ${
      kind === "boolean"
        ? nothing
        : grouped
          ? html`<span class="label" id="${id}-title">${title}</span>`
          : html`<label class="label" for=${id}>${title}</label>`
    }
    ${control(h, input, id, wrong !== undefined, title)}
    ${about.length > 0 ? html`<p class="about" id="${id}-about">${about.join(" · ")}</p>` : nothing}
    <p class="bad" id="${id}-wrong" ?hidden=${!wrong}>${wrong ?? ""}</p>
  </div>`;
}

function control(
  h: Holder,
  input: Input,
  id: string,
  wrong: boolean,
  title: TemplateResult,
): TemplateResult {
  const value = h.filled[input.name];
  const text = String(value ?? "");
  const typed = (e: Event) => h.set(input.name, (e.target as HTMLInputElement).value);
  const invalid = wrong ? "true" : "false";
  const told = `${id}-wrong ${id}-about`;
  switch (input.kind) {
    case "place":
      return place(h, input, id, text, invalid, told);
    case "shape":
      return shape(h, input, id, value as Draft, invalid, told);
    case "boolean":
      return html`<label class="check"><input type="checkbox" id=${id} .checked=${value === true} @change=${(e: Event) => h.set(input.name, (e.target as HTMLInputElement).checked)} />${title}</label>`;
    case "choice":
    case "layer":
      return input.many
        ? several(h, input, id, value as string[])
        : choice(h, input, id, text, invalid, told);
    case "number":
    case "integer":
      return html`<span class="with-unit"><input type="text" inputmode="decimal" id=${id} .value=${text} aria-invalid=${invalid} aria-describedby=${told} autocomplete="off" @input=${typed} />${unit(input.unit) ? html`<span class="unit">${unit(input.unit)}</span>` : nothing}</span>`;
    case "time":
      return html`<input type="datetime-local" id=${id} .value=${text} aria-invalid=${invalid} aria-describedby=${told} @input=${typed} />`;
    case "text":
      if (input.many) break;
      return html`<input type="text" id=${id} .value=${text} aria-invalid=${invalid} aria-describedby=${told} autocomplete="off" @input=${typed} />`;
  }
  const rows = input.kind === "object" ? 4 : 2;
  return html`<textarea class="code" id=${id} rows=${rows} .value=${text} spellcheck="false" aria-invalid=${invalid} aria-describedby=${told} @input=${typed}></textarea>
    ${input.kind === "filter" ? fields(h, input) : nothing}`;
}

// The fields that a filter may speak of; a click writes the field's name.
function fields(h: Holder, input: Input): TemplateResult | typeof nothing {
  const named = input.of ? h.filled[input.of] : undefined;
  const layer = h.app.layer(typeof named === "string" && named !== "" ? named : (input.of ?? ""));
  if (!layer) return nothing;
  const add = (name: string) =>
    h.set(input.name, `${String(h.filled[input.name] ?? "")} ${name}`.trim());
  return html`<details class="fields"><summary>${w("filter.fields")}</summary>
    <ul>${layer.fields.map((f) => html`<li><button type="button" class="text" @click=${() => add(f.name)}>${f.name}</button> ${say(f.title)}</li>`)}</ul></details>`;
}

function choice(
  h: Holder,
  input: Input,
  id: string,
  value: string,
  invalid: string,
  told: string,
): TemplateResult {
  const options = input.choices ?? h.app.layers.map((l) => ({ code: l.id, title: l.title }));
  const change = (e: Event) => h.set(input.name, (e.target as HTMLSelectElement).value);
  return html`<select id=${id} aria-invalid=${invalid} aria-describedby=${told} @change=${change}>
    ${input.required && value !== "" ? nothing : html`<option value="" ?selected=${value === ""}>${input.required ? "–" : w("choice.none")}</option>`}
    ${options.map((o) => html`<option value=${o.code} ?selected=${o.code === value}>${say(o.title)}</option>`)}
  </select>`;
}

function several(h: Holder, input: Input, id: string, value: string[]): TemplateResult {
  const options = input.choices ?? h.app.layers.map((l) => ({ code: l.id, title: l.title }));
  const turn = (code: string, on: boolean) =>
    h.set(input.name, on ? [...value, code] : value.filter((v) => v !== code));
  const list = html`<ul class="several">${options.map((o, i) => html`<li><label class="check"><input type="checkbox" id=${i === 0 ? id : nothing} .checked=${value.includes(o.code)} @change=${(e: Event) => turn(o.code, (e.target as HTMLInputElement).checked)} />${say(o.title)}</label></li>`)}</ul>`;
  if (options.length <= 6) return list;
  const some =
    value.length === 0
      ? input.kind === "layer"
        ? w("layers.all")
        : w("choice.none")
      : String(value.length);
  const word =
    input.kind === "layer" && value.length > 0 ? w("layers.some", { n: value.length }) : some;
  return html`<details class="many"><summary>${word}</summary>${list}</details>`;
}

function system(h: Holder): TemplateResult {
  const { system: now } = h.app.store.now;
  return html`<select class="system" aria-label=${w("system")} @change=${(e: Event) => h.app.setSystem((e.target as HTMLSelectElement).value as System)}>
    ${SYSTEMS.map((s) => html`<option value=${s} ?selected=${s === now}>${t(`system.${s}`)}</option>`)}
  </select>`;
}

function example(h: Holder): string {
  const { page, system: now } = h.app.store.now;
  return w("place.one", { example: position(page?.city.center ?? [120.894, 31.98], now) });
}

function place(
  h: Holder,
  input: Input,
  id: string,
  text: string,
  invalid: string,
  told: string,
): TemplateResult {
  const typed = (e: Event) => h.set(input.name, (e.target as HTMLInputElement).value);
  const on = h.drawing?.name === input.name;
  return html`
    ${
      input.many
        ? html`<textarea id=${id} rows="3" .value=${text} placeholder=${example(h)} aria-invalid=${invalid} aria-describedby=${told} spellcheck="false" @input=${typed}></textarea>`
        : html`<input type="text" id=${id} .value=${text} placeholder=${example(h)} aria-invalid=${invalid} aria-describedby=${told} autocomplete="off" @input=${typed} />`
    }
    <div class="row">
      <button type="button" class="plain" data-draw="point" aria-pressed=${on ? "true" : "false"} @click=${() => (on ? h.stopDrawing() : h.draw(input.name, "point"))}>${icon("target", 16)}${w(input.many ? "place.add" : "place.pick")}</button>
      ${system(h)}
    </div>`;
}

function shape(
  h: Holder,
  input: Input,
  id: string,
  draft: Draft,
  invalid: string,
  told: string,
): TemplateResult {
  const set = (patch: Partial<Draft>) => h.set(input.name, { ...draft, ...patch });
  const drawn = h.drawing?.name === input.name ? h.drawing.form : null;
  const circle = draft.form === "circle";
  const draw = (form: Form) => {
    if (drawn === form) return h.stopDrawing();
    set({ form });
    h.draw(input.name, form);
  };
  return html`
    <div class="forms" role="group" aria-label=${w("draw")}>${FORMS.map(
      (form) => html`
      <button type="button" data-draw=${form} class=${draft.form === form ? "chosen" : ""} aria-pressed=${drawn === form ? "true" : "false"} @click=${() => draw(form)}>${sign(form)}${w(`draw.${form}`)}</button>`,
    )}</div>
    <textarea id=${id} rows=${draft.form === "line" || draft.form === "polygon" ? 3 : 1} .value=${draft.text} placeholder=${example(h)} spellcheck="false"
      aria-label=${w(circle ? "shape.center" : "shape.positions")} aria-invalid=${invalid} aria-describedby=${told}
      @input=${(e: Event) => set({ text: (e.target as HTMLTextAreaElement).value })}></textarea>
    <div class="row">
      ${circle ? html`<label class="with-unit"><span>${w("draw.radius")}</span><input type="text" inputmode="decimal" data-radius .value=${draft.radius} autocomplete="off" @input=${(e: Event) => set({ radius: (e.target as HTMLInputElement).value })} /><span class="unit">${unit("m")}</span></label>` : nothing}
      ${system(h)}
      ${draft.text ? html`<button type="button" class="text" @click=${() => set({ text: "", radius: "" })}>${w("shape.clear")}</button>` : nothing}
    </div>`;
}

function sign(form: Form): TemplateResult {
  const path = {
    point: html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="3.2" fill="currentColor"></circle></svg>`,
    line: html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="M2 13 6 5l4 5 4-8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"></path></svg>`,
    polygon: html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 6 8 2l5.5 4-2 7.5h-7z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"></path></svg>`,
    circle: html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8"></circle></svg>`,
  };
  return path[form];
}
