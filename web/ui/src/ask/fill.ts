import type { LngLat } from "../api/types.ts";
import type { System } from "../format/angle.ts";
import { readPosition, readPositions, writePosition } from "./position.ts";
import { type Draft, draftOf, readShape } from "./shape.ts";
import type { Input, Inputs, Question, Shape } from "./types.ts";
import { type Word, w } from "./words.ts";

/** What stands in a form, by the names of inputs: texts, drafts of shapes, lists, yes and no. */
export type Filled = Record<string, unknown>;

/** The form of a question as it first stands, or with inputs that were given. */
export function fill(question: Question, inputs: Inputs | null, system: System): Filled {
  return Object.fromEntries(
    question.inputs.map((input) => {
      // What is not given is as the question has it of itself.
      const value = inputs?.[input.name] ?? input.default;
      return [input.name, write(input, value, system)];
    }),
  );
}

function numeric({ kind }: Input): boolean {
  return kind === "number" || kind === "integer";
}

/** One input's value as it stands in a form. */
export function write(input: Input, value: unknown, system: System): unknown {
  const none = value === undefined || value === null;
  switch (input.kind) {
    case "place": {
      if (none) return "";
      const list = input.many ? (value as unknown[]) : [value];
      return list.map((v) => writePosition(pointOf(v), system)).join("\n");
    }
    case "shape":
      return none ? { form: "circle", text: "", radius: "" } : draftOf(value as Shape, system);
    case "boolean":
      return value === true;
    case "choice":
    case "layer":
      if (input.many) return none ? [] : value;
      return none ? "" : value;
    case "time":
      return none ? "" : beijing(String(value));
    case "object":
    case "filter":
      if (none) return "";
      return typeof value === "string" ? value : JSON.stringify(value, null, 1);
    default:
      if (none) return "";
      return input.many ? (value as unknown[]).join(numeric(input) ? ", " : "\n") : String(value);
  }
}

function pointOf(value: unknown): LngLat {
  return (Array.isArray(value) ? value : (value as GeoJSON.Point).coordinates) as LngLat;
}

// A time as a field for times takes it, in Beijing.
function beijing(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "";
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Shanghai",
    dateStyle: "short",
    timeStyle: "short",
  });
  return format.format(date).replace(" ", "T");
}

export type Wrongs = Readonly<Record<string, string>>;

/** Reads a form: the inputs to send, and in words what is wrong with which. */
export function read(
  question: Question,
  filled: Filled,
  system: System,
): { inputs: Inputs; wrong: Wrongs } {
  const inputs: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  for (const input of question.inputs) {
    try {
      const value = one(input, filled[input.name], system);
      if (value !== undefined) inputs[input.name] = value;
      else if (input.required) wrong[input.name] = w(missing(input));
    } catch (error) {
      wrong[input.name] = (error as Error).message;
    }
  }
  return { inputs, wrong };
}

function missing(input: Input): Word {
  if (input.kind === "place") return "wrong.place";
  return input.kind === "shape" ? "wrong.shape" : "wrong.missing";
}

// The value of an input; undefined for none. Throws what is wrong, in words.
function one(input: Input, filled: unknown, system: System): unknown {
  switch (input.kind) {
    case "place":
      return places(input, String(filled ?? ""), system);
    case "shape":
      return shape(filled as Draft, system);
    case "boolean":
      return filled === true;
    case "choice":
    case "layer":
      if (Array.isArray(filled)) return filled.length > 0 ? filled : undefined;
      return filled === "" ? undefined : filled;
  }
  const text = String(filled ?? "").trim();
  if (text === "") return undefined;
  if (!input.many) return scalar(input, text);
  const parts = text.split(numeric(input) ? /[,，、;；\s]+/ : "\n").map((p) => p.trim());
  return parts.filter((p) => p !== "").map((p) => scalar(input, p));
}

function scalar(input: Input, text: string): unknown {
  if (input.kind === "time") return `${text.slice(0, 16)}:00+08:00`;
  if (input.kind === "object" || (input.kind === "filter" && text.startsWith("{"))) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(w("wrong.json"));
    }
  }
  if (!numeric(input)) return text;
  const value = Number(text.replaceAll(",", ""));
  if (!Number.isFinite(value)) throw new Error(w("wrong.number"));
  if (input.kind === "integer" && !Number.isInteger(value)) throw new Error(w("wrong.integer"));
  const { min, max } = input;
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    throw new Error(w("wrong.range", { range: range(input) }));
  }
  return value;
}

/** The range of a number in words, such as 0–100,000 or ≥ 1; empty where there is none. */
export function range({ min, max }: Pick<Input, "min" | "max">): string {
  const say = (v: number) => v.toLocaleString("en-US", { maximumFractionDigits: 6 });
  if (min !== undefined && max !== undefined) return `${say(min)}–${say(max)}`;
  if (min !== undefined) return `≥ ${say(min)}`;
  return max === undefined ? "" : `≤ ${say(max)}`;
}

function places(input: Input, text: string, system: System): unknown {
  if (text.trim() === "") return undefined;
  const { at, wrong } = readPositions(text, system);
  if (wrong > 0) throw new Error(w("wrong.line", { n: wrong }));
  if (input.many) return at;
  if (at.length !== 1) throw new Error(w("wrong.one"));
  return at[0];
}

function shape(draft: Draft, system: System): unknown {
  const { shape: value, wrong } = readShape(draft, system);
  if (value) return value;
  if (wrong === "empty" || wrong === undefined) return undefined;
  if (typeof wrong === "object") throw new Error(w("wrong.line", { n: wrong.line }));
  throw new Error(w(`wrong.${wrong}`));
}

/** The form with its positions written in another system; what can't be read stays. */
export function rewrite(question: Question, filled: Filled, from: System, to: System): Filled {
  const lines = (text: string) =>
    text
      .split("\n")
      .map((line) => {
        const at = readPosition(line, from);
        return at ? writePosition(at, to) : line;
      })
      .join("\n");
  return Object.fromEntries(
    question.inputs.map(({ name, kind }) => {
      const value = filled[name];
      if (kind === "place") return [name, lines(String(value ?? ""))];
      if (kind !== "shape") return [name, value];
      const draft = value as Draft;
      return [name, { ...draft, text: lines(draft.text) }];
    }),
  );
}
