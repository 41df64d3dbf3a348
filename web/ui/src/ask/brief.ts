import type { LngLat } from "../api/types.ts";
import type { App } from "../app/app.ts";
import { position } from "../format/angle.ts";
import { say } from "../i18n/t.ts";
import type { Circle, Input, Inputs, Question, Shape } from "./types.ts";
import { withUnit, written } from "./value.ts";
import { w } from "./words.ts";

/** The inputs that a question was asked with, in a line; those left as they were are left out. */
export function brief(question: Question, inputs: Inputs, app: App): string {
  return question.inputs
    .filter((i) => {
      const value = inputs[i.name];
      return value !== undefined && value !== false && (i.required || !same(value, i.default));
    })
    .map((i) => word(i, inputs[i.name], app))
    .join(" · ");
}

/** Whether an input is as the question has it of itself. */
export function same(value: unknown, usual: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(usual);
}

function word(input: Input, value: unknown, app: App): string {
  const { system } = app.store.now;
  switch (input.kind) {
    case "place": {
      const all = input.many ? (value as LngLat[]) : [value as LngLat];
      const [first] = all;
      return all.length === 1 && first
        ? position(first, system)
        : `${say(input.title)} ×${all.length}`;
    }
    case "shape": {
      const { type, coordinates } = value as Shape & { coordinates: LngLat };
      if (type === "Point") return position(coordinates, system);
      if (type !== "Circle") return w(type.endsWith("LineString") ? "draw.line" : "draw.polygon");
      return `${w("draw.circle")} ${withUnit((value as Circle).radius, "m")}`;
    }
    case "boolean":
      return say(input.title);
    case "choice":
    case "layer": {
      const codes = Array.isArray(value) ? value : [value];
      if (codes.length > 3) return `${say(input.title)} ×${codes.length}`;
      return codes
        .map(
          (c) =>
            say(input.choices?.find((o) => o.code === c)?.title ?? app.layer(String(c))?.title) ||
            String(c),
        )
        .join("、");
    }
    case "number":
    case "integer":
      return `${say(input.title)} ${withUnit(value, input.unit)}`;
  }
  const text = written(value);
  return `${say(input.title)} ${text.length > 24 ? `${text.slice(0, 24)}…` : text}`;
}
