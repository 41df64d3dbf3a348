import { html, nothing, type TemplateResult } from "lit";
import type { Field, LayerInfo } from "../api/types.ts";
import { moment } from "../format/time.ts";
import { say, t } from "../i18n/t.ts";
import { assign, drafted, fix, matchOf, missing } from "./mapping.ts";
import { who } from "./say.ts";
import type { Column, Options, Reading } from "./types.ts";
import { type Word, w } from "./words.ts";

type Edit = (draft: Options) => void;

/** Which column holds which field, to be put right by hand. */
export function columnTable(
  layer: LayerInfo,
  reading: Reading,
  draft: Options,
  locked: boolean,
  edit: Edit,
): TemplateResult {
  const columns = drafted(reading, draft);
  const without = missing(layer, reading, draft);
  const unknown = columns.filter((c) => !c.field).map((c) => c.name);
  return html`<section class="block"><h3>${w("columns")}</h3>
    ${
      without.length > 0
        ? html`<p class="lack" role="alert"><b>${w("columns.missing")}:</b> ${without.map((f) => say(f.title)).join(t("list.and"))}</p>`
        : nothing
    }
    ${reading.saved ? html`<p class="hint">${w("columns.saved.by", { who: who(reading.saved.by), at: moment(reading.saved.at) })}</p>` : nothing}
    <div class="scroll-x"><table class="columns">
      <thead><tr><th scope="col">${w("columns.column")}</th><th scope="col">${w("columns.samples")}</th><th scope="col">${w("columns.field")}</th></tr></thead>
      <tbody>${columns.map((c) => row(layer, reading, c, draft, locked, edit))}
        ${without.map((f) => lacking(f, columns, draft, locked, edit))}</tbody>
    </table></div>
    ${unknown.length > 0 ? html`<p class="hint">${w("columns.unknown", { n: unknown.length, names: unknown.join(t("list.and")) })}</p>` : nothing}
    ${fixedValues(layer, columns, draft, locked, edit)}
  </section>`;
}

function row(
  layer: LayerInfo,
  reading: Reading,
  column: Column,
  draft: Options,
  locked: boolean,
  edit: Edit,
): TemplateResult {
  const own = reading.columns?.find((c) => c.name === column.name)?.field ?? "";
  const known = layer.fields.some((f) => f.name === column.field);
  const standard = known ? undefined : layer.standard?.find((f) => f.name === column.field);
  const match = matchOf(column, draft);
  return html`<tr class=${match}>
    <th scope="row">${column.name}</th>
    <td class="samples">${(column.samples ?? []).length > 0 ? (column.samples ?? []).map((s) => html`<span>${s}</span>`) : html`<i>${w("columns.blank")}</i>`}</td>
    <td><select aria-label=${`${column.name}: ${w("columns.field")}`} ?disabled=${locked}
      @change=${(e: Event) => edit(assign(draft, column.name, (e.target as HTMLSelectElement).value, own))}>
      ${standard ? nothing : html`<option value="" ?selected=${!column.field}>${w("columns.ignore")}</option>`}
      ${standard ? html`<option value=${standard.name} selected>${say(standard.title)}</option>` : nothing}
      ${layer.fields.map((f) => html`<option value=${f.name} ?selected=${f.name === column.field}>${say(f.title)}${f.required ? " *" : ""}</option>`)}
    </select>${match === "none" || match === "same" ? nothing : html`<span class="tag ${match}">${w(match === "hand" ? "columns.byhand" : match === "saved" ? "columns.saved" : "columns.guessed")}</span>`}</td>
  </tr>`;
}

function lacking(
  field: Field,
  columns: readonly Column[],
  draft: Options,
  locked: boolean,
  edit: Edit,
): TemplateResult {
  return html`<tr class="lacking">
    <th scope="row"><select aria-label=${`${say(field.title)}: ${w("columns.column")}`} ?disabled=${locked}
      @change=${(e: Event) => edit(assign(draft, (e.target as HTMLSelectElement).value, field.name))}>
      <option value="">–</option>${columns.map((c) => html`<option value=${c.name}>${c.name}</option>`)}</select></th>
    <td><button type="button" class="text" ?disabled=${locked} @click=${() => edit(fix(draft, field.name, ""))}>${w("columns.fix")}</button></td>
    <td><b>${say(field.title)}</b> <span class="tag needed">${w("columns.required")}</span></td>
  </tr>`;
}

function fixedValues(
  layer: LayerInfo,
  columns: readonly Column[],
  draft: Options,
  locked: boolean,
  edit: Edit,
): TemplateResult {
  const values = draft.values ?? {};
  const taken = new Set(columns.map((c) => c.field));
  const open = layer.fields.filter((f) => !taken.has(f.name) && !(f.name in values));
  return html`<div class="fixed">
    ${Object.entries(values).map(([name, value]) => {
      const field = layer.fields.find((f) => f.name === name);
      const title = field ? say(field.title) : name;
      return html`<label><span>${title}</span>${input(layer, field, title, value, locked, (v) => edit(fix(draft, name, v)))}
        <button type="button" class="text" ?disabled=${locked} aria-label=${`${title}: ${w("read.undo")}`} @click=${() => edit(fix(draft, name, null))}>×</button></label>`;
    })}
    ${
      open.length > 0
        ? html`<select ?disabled=${locked} aria-label=${w("columns.add")} @change=${(e: Event) => {
            const select = e.target as HTMLSelectElement;
            if (select.value) edit(fix(draft, select.value, ""));
            select.value = "";
          }}><option value="">${w("columns.add")}</option>${open.map((f) => html`<option value=${f.name}>${say(f.title)}${f.required ? " *" : ""}</option>`)}</select>`
        : nothing
    }
    <label class="tick"><input type="checkbox" .checked=${draft.number ?? false} ?disabled=${locked} @change=${(e: Event) => edit({ ...draft, number: (e.target as HTMLInputElement).checked })} />${w("columns.number" as Word)}</label>
  </div>`;
}

function input(
  layer: LayerInfo,
  field: Field | undefined,
  title: string,
  value: string,
  locked: boolean,
  put: (value: string) => void,
): TemplateResult {
  const label = w("columns.fix.for", { name: title });
  const codes = field?.type === "code" ? layer.codelists[field.codes ?? ""]?.items : undefined;
  if (!codes) {
    return html`<input aria-label=${label} .value=${value} ?disabled=${locked} @change=${(e: Event) => put((e.target as HTMLInputElement).value)} />`;
  }
  return html`<select aria-label=${label} ?disabled=${locked} @change=${(e: Event) => put((e.target as HTMLSelectElement).value)}>
    <option value="" ?selected=${value === ""}>–</option>
    ${codes.map((c) => html`<option value=${c.code} ?selected=${c.code === value}>${say(c.title)}</option>`)}</select>`;
}
