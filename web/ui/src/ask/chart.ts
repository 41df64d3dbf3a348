import { html, svg, type TemplateResult } from "lit";
import { say } from "../i18n/t.ts";
import { WAY } from "./colours.ts";
import type { Row, Table } from "./types.ts";
import { numeric, withUnit, written } from "./value.ts";
import { w } from "./words.ts";

/** How many bars are drawn; the table has the rest. */
const MOST = 12;

const WIDTH = 348;
const LINE = 22;
const NAME = 150;
const FIGURE = 64;

interface Bar {
  names: string[];
  value: number;
  colour: string;
  text: string;
}

/**
 * The first column of numbers by the first words: in the table's order, or where there are too
 * many the largest first. Nothing where there are no numbers.
 */
export function bars(table: Table): Bar[] {
  const number = table.columns.findIndex((_, i) => numeric(table, i));
  const words = table.columns.findIndex((_, i) => i !== number && !numeric(table, i));
  const column = table.columns[number];
  if (!column || words < 0) return [];
  const all = table.rows
    .map((row) => ({
      names: label(table, row, words, number),
      value: Number(row.values[number] ?? 0),
      colour: colourOf(table, row) ?? WAY,
      text: withUnit(row.values[number], column.unit),
    }))
    .filter((bar) => Number.isFinite(bar.value) && bar.value >= 0);
  return all.length > MOST ? all.sort((a, b) => b.value - a.value).slice(0, MOST) : all;
}

// The first words, and those of the columns after it up to the number: layer and class.
function label(table: Table, row: Row, from: number, number: number): string[] {
  const to = number > from ? number : from + 1;
  return row.values
    .slice(from, to)
    .map((v, i) => (v === "" || v === null ? "" : written(v, table.columns[from + i])))
    .filter((text) => text !== "");
}

function colourOf(table: Table, row: Row): string | undefined {
  for (const [i, column] of table.columns.entries()) {
    const code = row.values[i];
    const colour = typeof code === "string" ? column.codes?.[code]?.colour : undefined;
    if (colour) return colour;
  }
  return undefined;
}

/** A table as bars. */
export function chart(table: Table): TemplateResult {
  const all = bars(table);
  const most = Math.max(...all.map((b) => b.value), Number.MIN_VALUE);
  const long = (value: number) => Math.max(1.5, (value / most) * (WIDTH - NAME - FIGURE));
  return html`<svg class="chart" role="img" aria-label=${w("chart", { title: say(table.title) })} viewBox="0 0 ${WIDTH} ${all.length * LINE}">
    ${all.map(
      (b, i) => svg`<g transform="translate(0 ${i * LINE})">
        <title>${b.names.join(" · ")} ${b.text}</title>
        <text x=${NAME - 8} y="15" text-anchor="end">${clipped(b.names)}</text>
        <rect x=${NAME} y="4" height=${LINE - 8} width=${long(b.value)} rx="2" fill=${b.colour}></rect>
        <text class="amount" x=${NAME + long(b.value) + 6} y="15">${b.text}</text></g>`,
    )}
  </svg>`;
}

// Signs of the Latin script for which there is room; a Chinese one counts twice.
const ROOM = 22;

function width(text: string): number {
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
}

// As much of the names as their place holds: of two long ones a part of each.
function clipped(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  const second = rest.join(" · ");
  if (second === "") return clip(first, ROOM);
  const half = (ROOM - 3) / 2;
  const wide = Math.max(half, ROOM - 3 - width(second));
  const head = clip(first, wide);
  return `${head} · ${clip(second, ROOM - 3 - width(head))}`;
}

function clip(text: string, room: number): string {
  if (width(text) <= room) return text;
  let left = room - 1;
  let out = "";
  for (const c of text) {
    left -= width(c);
    if (left < 0) break;
    out += c;
  }
  return `${out}…`;
}
