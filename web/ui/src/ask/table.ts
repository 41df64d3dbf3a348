import { html, nothing, type TemplateResult } from "lit";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { bars, chart } from "./chart.ts";
import type { Column, Row, Table } from "./types.ts";
import { cell, heading, numeric, written } from "./value.ts";
import { w } from "./words.ts";

const NAMELESS: Column = { id: "", title: { zh: "", en: "" } };

/** What a table tells and is told. */
export interface TableHolder {
  /** Whether it is open; the open one's rows are numbered on the map. */
  open: boolean;
  /** The number of the selected row; -1 for none. */
  selected: number;
  /** How many of its rows are shown. */
  shown: number;
  /** Which rows are shown at all. */
  keep(row: Row): boolean;
  turn(): void;
  more(): void;
  light(row: Row | null): void;
  select(index: number): void;
  record(row: Row): void;
}

/** A table of an answer: its bars, its rows joined with the map, and what they add up to. */
export function table(t: Table, h: TableHolder): TemplateResult {
  const count = t.rows.filter(h.keep).length + (t.more ?? 0);
  return html`<section class="result">
    <h4><button type="button" aria-expanded=${h.open ? "true" : "false"} data-table=${t.id} @click=${h.turn}>
      ${icon("chevron", 16)}<span>${say(t.title)}</span><small class="number">${w("table.rows", { n: whole(count) })}</small></button></h4>
    ${h.open ? body(t, h) : nothing}
  </section>`;
}

function body(t: Table, h: TableHolder): TemplateResult {
  const numbers = t.columns.map((_, i) => numeric(t, i));
  const placed = t.rows.some((r) => r.geometry);
  const kept = t.rows.flatMap((row, i) => (h.keep(row) ? [{ row, i }] : []));
  const rows = kept.filter(({ i }, n) => n < h.shown || i === h.selected);
  const kind = (i: number) => (numbers[i] ? "number" : i === 0 ? "name" : "");
  return html`
    ${t.chart === "bars" && bars(t).length > 1 ? chart(t) : nothing}
    <div class="scroll"><table>
      <thead><tr>${placed ? html`<th class="rank"></th>` : nothing}${t.columns.map((c, i) => html`<th scope="col" class=${kind(i)}>${heading(c)}</th>`)}${placed ? html`<th class="act"></th>` : nothing}</tr></thead>
      <tbody>${rows.map(({ row, i }) => line(t, row, i, h, placed, numbers))}
        ${kept.length === 0 ? html`<tr><td class="none" colspan=${t.columns.length}>${w("table.none")}</td></tr>` : nothing}
      </tbody>
      ${t.total ? html`<tfoot><tr>${placed ? html`<td class="rank"></td>` : nothing}${t.total.map((v, i) => html`<td class=${kind(i)}>${v === "" || v === null ? (i === 0 ? w("table.total") : "") : written(v, t.columns[i])}</td>`)}${placed ? html`<td class="act"></td>` : nothing}</tr></tfoot>` : nothing}
    </table></div>
    <p class="after">
      ${rows.length < kept.length ? html`<button type="button" class="text" @click=${h.more}>${w("table.more", { n: whole(kept.length - rows.length) })}</button>` : nothing}
      ${t.more ? html`<span>${w("table.beyond", { n: whole(t.more) })}</span>` : nothing}
    </p>`;
}

function line(
  t: Table,
  row: Row,
  i: number,
  h: TableHolder,
  placed: boolean,
  numbers: readonly boolean[],
): TemplateResult {
  const act = row.geometry ? () => h.select(i) : nothing;
  const open = (event: Event) => {
    event.stopPropagation();
    h.record(row);
  };
  const known = row.layer !== undefined && row.id !== undefined && row.id > 0;
  return html`<tr tabindex=${row.geometry ? "0" : nothing} data-row=${i} aria-selected=${row.geometry ? (h.selected === i ? "true" : "false") : nothing}
    @click=${act} @keydown=${(e: KeyboardEvent) => e.key === "Enter" && e.target === e.currentTarget && row.geometry && h.select(i)}
    @pointerenter=${() => h.light(row)} @pointerleave=${() => h.light(null)} @focus=${() => h.light(row)} @blur=${() => h.light(null)}>
    ${placed ? html`<td class="rank">${row.geometry ? html`<i>${i + 1}</i>` : nothing}</td>` : nothing}
    ${row.values.map((v, c) => html`<td class=${numbers[c] ? "number" : c === 0 ? "name" : ""}>${cell(v, t.columns[c] ?? NAMELESS)}</td>`)}
    ${
      placed
        ? html`<td class="act">${known ? html`<button type="button" class="open" aria-label=${w("table.open")} title=${w("table.open")} @click=${open}>${icon("right", 14)}</button>` : nothing}</td>`
        : nothing
    }
  </tr>`;
}
