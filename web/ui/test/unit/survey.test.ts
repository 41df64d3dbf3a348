import { expect, test } from "vitest";
import { Problem } from "../../src/api/client.ts";
import { setLang } from "../../src/i18n/t.ts";
import { comparable, tabFor } from "../../src/import/batch.ts";
import en from "../../src/import/en.json";
import { candidates, differences, faults, kindOf, rowsOf, turn } from "../../src/import/overlay.ts";
import { note, percent, scope, size, span, words } from "../../src/import/say.ts";
import { reached } from "../../src/import/steps.ts";
import type { BatchDetail, Candidate, Check, Difference } from "../../src/import/types.ts";
import { known, w } from "../../src/import/words.ts";
import zh from "../../src/import/zh.json";

test("both languages of the import have the same keys and places, none empty", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(zh[key]).not.toBe("");
    expect(places(en[key]), key).toEqual(places(zh[key]));
  }
});

test("numbers go with the right form of their words", () => {
  setLang("en");
  expect(w("findings.skip", { n: "1" })).toBe("Publish without the 1 faulty record");
  expect(w("list.findings", { e: "1", w: "1,000" })).toBe("1 error · 1,000 warnings");
  setLang("zh");
  expect(w("list.findings", { e: "1", w: "2" })).toBe("1 错误 · 2 警告");
});

test("the places of one record by several readings are tied together", () => {
  const at = (row: number, x: number) => ({ Row: row, First: 0, Second: 0, Place: [x, 32] });
  const list = [
    { examples: [at(3, 120), at(1, 121)] },
    { examples: [at(1, 121.1), at(3, 120.1), at(7, 122)] },
  ] as unknown as Candidate[];
  expect(rowsOf(list)).toEqual([1, 3]);
  const drawn = (only: number | null, row?: number) =>
    candidates(list, only, row).features.map((f) => f.properties.icon || f.properties.key);
  expect(drawn(1)).toEqual(Array(3).fill("survey-candidate-1"));
  expect(drawn(null).slice(0, 2)).toEqual(["row 1", "row 3"]);
  expect(drawn(null, 3).slice(2)).toEqual(["survey-candidate-0", "survey-candidate-1"]);
});

test("sizes, times and shares as people write them", () => {
  setLang("zh");
  expect([size(812), size(1_400_000), size(999_950), size(2_147_483_648)]).toEqual([
    "812 B",
    "1.4 MB",
    "1.0 MB",
    "2.1 GB",
  ]);
  expect([span(0.2), span(75), span(600), span(9_000)]).toEqual([
    "1 秒",
    "75 秒",
    "10 分钟",
    "2.5 小时",
  ]);
  expect([percent(0, 10), percent(1, 100_000), percent(5, 120), percent(1, 0)]).toEqual([
    "0%",
    "<0.1%",
    "4.2%",
    "–",
  ]);
});

test("scopes, states and notes are said in words", () => {
  setLang("en");
  expect(scope("layer")).toBe("the whole layer");
  expect(scope("area:320602")).toContain("320602");
  expect(scope("source:a:b")).toContain("a:b");
  expect(known("state", "city_checked")).toBe("City check");
  expect(known("state", "unheard")).toBe("unheard");
  expect(note("check begun")).toBe("check begun");
  expect(note('not understood: {"code":"invalid","detail":"no rows"}')).toContain("no rows");
  expect(note("表里有错")).toBe("表里有错");
  expect(w("batch", { n: 3 })).toBe("Survey 3");
  setLang("zh");
});

test("a problem is told in the reader's words", () => {
  setLang("zh");
  expect(words(new Problem(0, "x"))).toContain("网络");
  expect(words(new Problem(409, "It is batch 12, published."))).toBe(zh["error.409"]);
  const same = new Problem(409, "This very file has been brought already: it is batch 12, parsed.");
  expect(words(same)).toContain("批次 12");
  expect(words(new Problem(502, ""))).toBe(zh["error.500"]);
});

const batch = (patch: Partial<BatchDetail>) =>
  ({
    state: "parsed",
    way: [],
    groups: [],
    open: null,
    check: null,
    staged: null,
    ...patch,
  }) as BatchDetail;

test("the page opens where something is to be done", () => {
  const tally = { errors: 0 } as BatchDetail["tally"];
  expect(tabFor(batch({ open: { code: "conflict", detail: "" } }))).toBe("read");
  expect(tabFor(batch({}))).toBe("read");
  expect(tabFor(batch({ check: { state: "cancelled" } as Check }))).toBe("check");
  expect(tabFor(batch({ state: "city_checked", tally, staged: 5 }))).toBe("diff");
  expect(tabFor(batch({ state: "published", tally, staged: 5 }))).toBe("check");
  expect(comparable(batch({ state: "checked", staged: 5 }))).toBe(true);
  expect(comparable(batch({ state: "published", staged: 5 }))).toBe(false);
});

test("a survey that left the way stands where it left it", () => {
  expect(reached(batch({ state: "checked" }))).toBe(2);
  expect(reached(batch({ state: "withdrawn" }))).toBe(6);
  const way = [{ state: "uploaded" }, { state: "checked" }, { state: "rejected" }];
  expect(reached(batch({ state: "rejected", way: way as BatchDetail["way"] }))).toBe(2);
});

const difference = (patch: Partial<Difference>): Difference => ({
  kind: "changed",
  key: "1",
  id: 1,
  old: [120, 32],
  new: [120, 32],
  moved: 0,
  ...patch,
});

test("differences are drawn by their kind, what moved as an arrow", () => {
  const moved = difference({ new: [121, 32], moved: 90_000 });
  expect(kindOf(moved)).toBe("moved");
  expect(kindOf(difference({}))).toBe("changed");
  const { features } = differences([moved, difference({ kind: "gone", new: null })]);
  expect(features.map((f) => f.properties.icon)).toEqual([
    "",
    "survey-moved",
    "survey-arrow",
    "survey-gone",
  ]);
  expect(turn([120, 32], [121, 32])).toBeCloseTo(0);
  expect(turn([120, 32], [120, 33])).toBeCloseTo(-90);
  expect(differences([difference({ old: null, new: null })]).features).toEqual([]);
});

test("faults carry their severity's mark and number", () => {
  const { features } = faults({
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        id: 7,
        properties: { severity: "warning" },
        geometry: { type: "Point", coordinates: [120, 32] },
      },
    ],
  });
  expect(features[0]?.properties).toMatchObject({ icon: "survey-warning", key: "7", rank: 1 });
});
