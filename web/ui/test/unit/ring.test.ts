import { createExpression } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, test } from "vitest";
import type { LayerInfo } from "../../src/api/types.ts";
import { compact } from "../../src/format/number.ts";
import { setLang } from "../../src/i18n/t.ts";
import { arcs, PARTS, parseRing, ringImage, ringText, shares, step } from "../../src/map/ring.ts";

const text = (s: string) => ({ zh: s, en: s });
const layer = {
  id: "enterprise",
  title: text("企业"),
  style: { by: "grade", colour: "#888888" },
  legend: ["major", "low", "ungraded"].map((code) => ({
    code,
    title: text(code),
    colour: "#d7263d",
  })),
} as unknown as LayerInfo;

/** Lets MapLibre's own evaluator read the expression, as it would on the map. */
function evaluate(expression: unknown, properties: Record<string, number>): string {
  const made = createExpression(expression as never, "layers[0].layout.icon-image");
  if (made.result === "error") throw new Error(JSON.stringify(made.value));
  return String(made.value.evaluate({ zoom: 9 }, { type: "Point", properties } as never));
}

describe("a ring's picture", () => {
  test("is named by the shares of its members", () => {
    const name = evaluate(ringImage(layer, "day"), {
      point_count: 100,
      n_major: 1,
      n_ungraded: 99,
    });
    expect(name).toBe("ring/day/enterprise/2/1.0.24");
    expect(parseRing(name)).toEqual({
      form: "ring",
      theme: "day",
      layer: "enterprise",
      step: 2,
      shares: [1, 0, 24],
    });
  });

  test("the expression and the function agree", () => {
    for (const counts of [
      [1, 1, 1],
      [0, 5, 0],
      [500, 3, 20_000],
      [7, 11, 13],
    ]) {
      const [major, low, ungraded] = counts as [number, number, number];
      const point_count = major + low + ungraded;
      const name = evaluate(ringImage(layer, "day"), {
        point_count,
        n_major: major,
        n_low: low,
        n_ungraded: ungraded,
      });
      expect(parseRing(name)?.shares).toEqual(shares(counts));
      expect(parseRing(name)?.step).toBe(step(point_count));
    }
  });

  test("a layer without codes has one slice", () => {
    const plain = { ...layer, style: { colour: "#888888" }, legend: [] } as unknown as LayerInfo;
    expect(evaluate(ringImage(plain, "night"), { point_count: 4 })).toBe(
      `ring/night/enterprise/0/${PARTS}`,
    );
  });

  test("the gravest few never vanish", () => {
    expect(shares([1, 9_999])).toEqual([1, 24]);
    expect(shares([0, 0])).toEqual([0, 0]);
  });

  test("slices close the circle", () => {
    const all = arcs([1, 0, 24]);
    expect(all.map((a) => a.index)).toEqual([0, 2]);
    expect((all.at(-1)?.to ?? 0) - (all[0]?.from ?? 0)).toBeCloseTo(2 * Math.PI, 9);
  });

  test.each(["diamond-d7263d", "ring/day/a", "ring/day/a/12/1", ""])("%s is no ring", (id) => {
    expect(parseRing(id)).toBeNull();
  });
});

describe("a ring's number", () => {
  test.each([2, 999, 1_204, 9_999, 12_300, 33_782, 200_000])("%d reads as elsewhere", (n) => {
    // Thousands have no comma inside the small ring.
    expect(evaluate(ringText("zh"), { point_count: n })).toBe(compact(n).replace(",", ""));
    setLang("en");
    expect(evaluate(ringText("en"), { point_count: n })).toBe(compact(n));
    setLang("zh");
  });
});
