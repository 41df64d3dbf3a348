import type { Text } from "../api/types.ts";
import type { Answer, Drawing, Row, Table } from "./types.ts";

// A comparison is one answer: shapes as things are have ids that begin with base, each table's
// first column says in which of the two a row is found, and of numbers there is the difference.

/** One of the two that are compared. */
export type Side = "base" | "scenario";

const BASE = "base.";
const FOUND = "in";
const ONLY: Record<Side, string> = { base: "only as it is", scenario: "only in the scenario" };

/** Whether a shape is of a side; all shapes are where nothing is compared. */
export function shapeOn(shape: Drawing, side: Side | null): boolean {
  return side === null || shape.id.startsWith(BASE) === (side === "base");
}

/** Whether a row is found on a side; all rows are where nothing is compared. */
export function rowOn(table: Table, row: Row, side: Side | null): boolean {
  if (side === null || table.columns[0]?.id !== FOUND) return true;
  return where(row) !== ONLY[side === "base" ? "scenario" : "base"];
}

/** Whether a row of a compared table is not the same on both sides. */
export function differs(table: Table, row: Row): boolean {
  if (table.columns[0]?.id === FOUND && Object.values(ONLY).includes(where(row))) return true;
  return table.columns.some(({ id }, i) => {
    const value = row.values[i];
    if (id.endsWith("difference")) return typeof value === "number" && value !== 0;
    if (!id.endsWith(".base")) return false;
    return JSON.stringify(value) !== JSON.stringify(row.values[i + 1]);
  });
}

function where(row: Row): string {
  return (row.values[0] as Text | undefined)?.en ?? "";
}

/** The number of the column that names a row's record. */
export function naming(table: Table): number {
  return table.columns[0]?.id === FOUND ? 1 : 0;
}

/** Whether an answer is a comparison. */
export function compared(answer: Answer): boolean {
  return (
    answer.tables[0]?.id === "summary" &&
    answer.tables[0].columns.some((c) => c.id === "difference")
  );
}
