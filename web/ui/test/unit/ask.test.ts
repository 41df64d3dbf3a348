import { afterEach, describe, expect, test } from "vitest";
import type { LngLat } from "../../src/api/types.ts";
import { bars } from "../../src/ask/chart.ts";
import { compared, differs } from "../../src/ask/compare.ts";
import en from "../../src/ask/en.json";
import { bandsOf, lit, rowFeatures, shapeFeatures, wayOf } from "../../src/ask/features.ts";
import { fill, read, rewrite } from "../../src/ask/fill.ts";
import { readPosition, readPositions, writePosition } from "../../src/ask/position.ts";
import {
  type Change,
  changeFeatures,
  changesOf,
  keyOf,
  scenarioOf,
} from "../../src/ask/scenario.ts";
import { boxOf, draftOf, outline, readShape } from "../../src/ask/shape.ts";
import type { Answer, Question, Shape, Table } from "../../src/ask/types.ts";
import { figure, heading, withUnit, written } from "../../src/ask/value.ts";
import zh from "../../src/ask/zh.json";
import { distance } from "../../src/earth/geodesic.ts";
import { SYSTEMS } from "../../src/format/angle.ts";
import { setLang } from "../../src/i18n/t.ts";

afterEach(() => setLang("zh"));

test("both languages have the same words with the same places to fill", () => {
  const places = (text: string) => [...new Set(text.match(/\{(\w+)/g) ?? [])].sort();
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(places(en[key]), key).toEqual(places(zh[key]));
  }
});

describe("typed positions", () => {
  const CENTRE: LngLat = [120.894, 31.98];
  test.each([
    "120.894, 31.98",
    "31.98 120.894",
    "N31.98° E120.894°",
    "120°53′38.4″E 31°58′48″N",
    "31°58'48\" 120°53'38.4\"",
    "120 53 38.4 31 58 48",
    "120 53.64, 31 58.8",
    "120度53分38.4秒，31度58分48秒",
    "X 3539983.8526 Y 584496.718",
    "584496.718, 3539983.8526",
    "3539983.8526 40584496.718",
  ])("%s", (text) => {
    const at = readPosition(text, "degrees");
    expect(at?.[0]).toBeCloseTo(CENTRE[0], 6);
    expect(at?.[1]).toBeCloseTo(CENTRE[1], 6);
  });

  test("metres are read in the chosen system, unless the easting has its zone", () => {
    const at = readPosition("X 3541572.8604 Y 300934.4289", "gk123");
    expect(at?.[0]).toBeCloseTo(CENTRE[0], 7);
    expect(readPosition("3541572.8604 41300934.4289", "gk120")?.[1]).toBeCloseTo(CENTRE[1], 7);
  });

  test.each([
    "",
    "abc",
    "120.894",
    "200, 31",
    "1, 2",
    "120 71 0 31 0 0",
    "120, 31; DROP",
    "5 99999999",
  ])("%s is none", (text) => expect(readPosition(text, "degrees")).toBeNull());

  test.each(SYSTEMS)("what is written in %s is read back", (system) => {
    const at = readPosition(writePosition(CENTRE, system), system);
    expect(at && distance(at, CENTRE)).toBeLessThan(0.3);
  });

  test("the first line that is none is named", () => {
    expect(readPositions("120.8, 31.9\n\nhere\n", "degrees").wrong).toBe(3);
  });
});

describe("shapes", () => {
  const polygon: Shape = {
    type: "Polygon",
    coordinates: [
      [
        [120.8, 31.9],
        [120.9, 31.9],
        [120.9, 32],
        [120.8, 31.9],
      ],
    ],
  };
  const holed: Shape = {
    type: "MultiPolygon",
    coordinates: [polygon.type === "Polygon" ? polygon.coordinates : []],
  };
  test.each<[string, Shape]>([
    ["point", { type: "Point", coordinates: [120.8, 31.9] }],
    ["circle", { type: "Circle", coordinates: [120.8, 31.9], radius: 2500 }],
    [
      "line",
      {
        type: "LineString",
        coordinates: [
          [120.8, 31.9],
          [120.9, 32],
        ],
      },
    ],
    ["polygon", polygon],
    ["polygon", holed],
  ])("a %s is read back from its draft", (form, shape) => {
    const draft = draftOf(shape, "degrees");
    expect(draft.form).toBe(form);
    expect(readShape(draft, "degrees").shape).toEqual(shape);
  });

  test("a circle is drawn in metres, the same on all sides", () => {
    const drawn = outline({ type: "Circle", coordinates: [120.8, 31.9], radius: 2500 });
    if (drawn.type !== "Polygon") throw new Error(drawn.type);
    const ring = drawn.coordinates[0] as LngLat[];
    for (const p of ring) expect(distance(p, [120.8, 31.9])).toBeCloseTo(2500, 3);
    expect(ring[0]).toEqual(ring.at(-1));
  });

  test("what is wrong is told apart", () => {
    const at = (form: "line" | "circle" | "polygon", text: string) =>
      readShape({ form, text, radius: "" }, "degrees").wrong;
    expect(at("line", "120.8, 31.9")).toBe("few");
    expect(at("circle", "120.8, 31.9")).toBe("radius");
    expect(at("polygon", "")).toBe("empty");
    expect(at("polygon", "{")).toBe("json");
    expect(at("line", "120.8, 31.9\nx")).toEqual({ line: 2 });
  });

  test("nothing has no box", () => expect(boxOf([null])).toBeNull());
});

const words = { zh: "词", en: "word" };
const question: Question = {
  id: "q",
  title: words,
  description: words,
  inputs: [
    { name: "place", title: words, kind: "place", required: true },
    { name: "places", title: words, kind: "place", many: true },
    { name: "shape", title: words, kind: "shape" },
    { name: "minutes", title: words, kind: "number", unit: "min", min: 1, max: 60, default: 15 },
    { name: "bands", title: words, kind: "number", many: true },
    { name: "count", title: words, kind: "integer" },
    { name: "night", title: words, kind: "boolean" },
    {
      name: "by",
      title: words,
      kind: "choice",
      choices: [{ code: "road", title: words }],
      default: "road",
    },
    { name: "layers", title: words, kind: "layer", many: true },
    { name: "at", title: words, kind: "time" },
    { name: "filter", title: words, kind: "filter" },
    { name: "object", title: words, kind: "object" },
  ],
};

describe("a form", () => {
  test("what was given is what is sent again", () => {
    const inputs = {
      place: [120.894, 31.98],
      places: [
        [120.8, 31.9],
        [120.9, 32],
      ],
      shape: { type: "Circle", coordinates: [120.8, 31.9], radius: 3000 },
      minutes: 20,
      bands: [5, 10.5],
      count: 3,
      night: true,
      by: "road",
      layers: ["enterprise"],
      at: "2021-07-25T12:30:00+08:00",
      filter: "risk_grade = 'major'",
      object: { boat: 2 },
    };
    expect(read(question, fill(question, inputs, "degrees"), "degrees")).toEqual({
      inputs,
      wrong: {},
    });
  });

  test("a link that leaves out what is usual means what is usual", () => {
    const usable = { name: "usable", title: words, kind: "boolean" as const, default: true };
    const one = { ...question, inputs: [usable] };
    expect(read(one, fill(one, {}, "degrees"), "degrees").inputs).toEqual({ usable: true });
    const off = { usable: false };
    expect(read(one, fill(one, off, "degrees"), "degrees").inputs).toEqual(off);
  });

  test("defaults stand in it, and what is needed is asked for", () => {
    const { inputs, wrong } = read(question, fill(question, null, "degrees"), "degrees");
    expect(inputs).toEqual({ minutes: 15, by: "road", night: false });
    expect(wrong).toEqual({ place: "请在图上点选，或输入坐标。" });
  });

  test.each([
    ["minutes", "61", "1–60"],
    ["minutes", "soon", "数字"],
    ["count", "1.5", "整数"],
    ["object", "{", "JSON"],
    ["places", "120.8, 31.9\nx", "第 2 行"],
    ["place", "120.8, 31.9\n120.8, 31.8", "一个位置"],
  ])("%s: %s is refused", (name, text, said) => {
    const filled = { ...fill(question, null, "degrees"), [name]: text };
    expect(read(question, filled, "degrees").wrong[name]).toContain(said);
  });

  test("its positions follow the coordinate system", () => {
    const filled = fill(question, { place: [120.894, 31.98] }, "degrees");
    const metres = rewrite(question, filled, "degrees", "gk120");
    expect(metres.place).toBe("X 3539983.9 Y 584496.7");
    const at = read(question, metres, "gk120").inputs.place as LngLat;
    expect(distance(at, [120.894, 31.98])).toBeLessThan(0.1);
  });
});

const table: Table = {
  id: "t",
  title: words,
  columns: [
    { id: "name", title: words },
    {
      id: "grade",
      title: words,
      codes: { major: { title: { zh: "重大", en: "major" }, colour: "#d00" } },
    },
    { id: "minutes", title: { zh: "用时", en: "Time" }, unit: "min" },
  ],
  rows: [
    {
      layer: "rescue_team",
      id: 1,
      geometry: { type: "Point", coordinates: [120.9, 32] },
      values: ["甲", "major", 12.345],
    },
    {
      layer: "rescue_team",
      id: 2,
      geometry: { type: "Point", coordinates: [120.7, 32] },
      values: ["乙", null, 20],
    },
    { layer: "rescue_team", id: 3, values: ["丙", "major", 0] },
  ],
};
const way = (to: LngLat): GeoJSON.Geometry => ({
  type: "LineString",
  coordinates: [[120.8, 31.9], to],
});
const band = (value: number) => ({
  id: "b",
  role: "band" as const,
  title: words,
  value,
  unit: "min",
  geometry: way([121, 32]),
});
const answer: Answer = {
  question: "q",
  title: words,
  inputs: {},
  asked_at: "2026-11-24T04:00:00Z",
  took_ms: 12,
  summary: [],
  tables: [table, { ...table, id: "u" }],
  shapes: [
    {
      id: "way",
      role: "way",
      title: { zh: "甲", en: "甲" },
      value: 12,
      unit: "min",
      geometry: way([120.7, 32]),
    },
    {
      id: "way",
      role: "way",
      title: { zh: "甲", en: "甲" },
      value: 12,
      unit: "min",
      geometry: way([120.9, 32.001]),
    },
    band(15),
    band(5),
  ],
  sources: [],
  assumptions: [],
  problems: [],
};

describe("an answer on the map", () => {
  test("the rows of the open table have their numbers, those of others none", () => {
    const { features } = rowFeatures(answer, 1);
    expect(features.map((f) => [f.properties.key, f.properties.label])).toEqual([
      ["0/0", ""],
      ["0/1", ""],
      ["1/0", "1"],
      ["1/1", "2"],
    ]);
    expect(features[2]?.properties.note).toBe("用时 12.35 分钟");
    const gap = { ...band(5), role: "gap" as const };
    expect(rowFeatures({ ...answer, shapes: [gap] }, 1).features).toHaveLength(2);
  });

  test("near bands lie on far ones, each in its colour", () => {
    expect(bandsOf(answer)).toEqual([5, 15]);
    const bands = shapeFeatures(answer).features.filter((f) => f.properties.kind === "band");
    expect(bands.map((f) => f.properties.note)).toEqual(["≤ 15 分钟", "≤ 5 分钟"]);
    expect(bands[0]?.properties.colour).not.toBe(bands[1]?.properties.colour);
  });

  test("a row lights up with the way to it", () => {
    const [first, second] = table.rows;
    if (!first || !second) throw new Error();
    expect(wayOf(answer, table, first)).toEqual(way([120.9, 32.001]));
    expect(wayOf(answer, table, second)).toBeNull();
    expect(lit(answer, table, first)?.type).toBe("GeometryCollection");
    expect(lit(answer, table, second)).toEqual(second.geometry);
  });

  test("bars are drawn of the numbers in their order, or of the largest where they are many", () => {
    const all = bars(table);
    expect(all.map((b) => b.names)).toEqual([["甲", "重大"], ["乙"], ["丙", "重大"]]);
    expect(all[0]?.colour).toBe("#d00");
    const rows = Array.from({ length: 30 }, (_, i) => ({ values: [`r${i}`, null, i] }));
    const most = bars({ ...table, rows });
    expect(most).toHaveLength(12);
    expect(most[0]?.names).toEqual(["r29"]);
  });
});

test("values are written as people read them", () => {
  expect(written(null)).toBe("–");
  expect(written({ zh: "词", en: "word" })).toBe("词");
  expect(written("2026-11-24T04:00:00Z")).toBe("2026-11-24 12:00");
  expect(figure(1234567.89)).toBe("1,234,567.9");
  expect(withUnit(12.3456, "min")).toBe("12.35 分钟");
  expect(withUnit(45.6, "%")).toBe("45.6%");
  expect(withUnit(121.0755555, "deg")).toBe("121.075556°");
  expect(heading({ id: "m", title: words, unit: "m" })).toBe("词（米）");
  setLang("en");
  expect(heading({ id: "m", title: words, unit: "m" })).toBe("word (m)");
});

describe("a scenario", () => {
  const changes: Change[] = [
    { kind: "closed", id: 7 },
    { kind: "closed", id: 8 },
    {
      kind: "area",
      area: [
        [120, 31],
        [121, 31],
        [121, 32],
        [120, 31],
      ],
    },
    { kind: "lost", layer: "shelter", id: 1 },
    { kind: "lost", layer: "shelter", id: 2 },
    { kind: "lost", layer: "rescue_team", id: 1 },
    { kind: "moved", layer: "supply_depot", id: 3, place: [120.5, 31.5] },
    { kind: "added", layer: "shelter", place: [120.6, 31.6], properties: { capacity: 300 } },
  ];

  test("is made of changes and taken apart into them", () => {
    const scenario = scenarioOf("桥断", changes);
    expect(scenario.lost).toEqual([
      { layer: "shelter", ids: [1, 2] },
      { layer: "rescue_team", ids: [1] },
    ]);
    expect(scenario.closed).toHaveLength(2);
    expect(new Set(changesOf(scenario).map(keyOf))).toEqual(new Set(changes.map(keyOf)));
    expect(scenarioOf("桥断", changesOf(scenario))).toEqual(scenario);
  });

  test("closes an area as a ring, and of two changes of a record keeps the later", () => {
    const scenario = scenarioOf("", [
      {
        kind: "area",
        area: [
          [120, 31],
          [121, 31],
          [121, 32],
        ],
      },
      { kind: "lost", layer: "shelter", id: 1 },
      { kind: "moved", layer: "shelter", id: 1, place: [120, 31] },
    ]);
    expect(scenario.closed?.[0]?.area).toHaveLength(4);
    expect(scenario.lost).toBeUndefined();
    expect(scenario.moved).toEqual([{ layer: "shelter", id: 1, place: [120, 31] }]);
  });

  test("is drawn with a sign for each change whose place is known", () => {
    const known = new Map<string, GeoJSON.Geometry>([
      [
        "road/7",
        {
          type: "LineString",
          coordinates: [
            [120, 31],
            [120.2, 31],
          ],
        },
      ],
      ["shelter/1", { type: "Point", coordinates: [120, 31] }],
      ["supply_depot/3", { type: "Point", coordinates: [120, 31] }],
    ]);
    const labels = changeFeatures(changes, known).features.map((f) => f.properties.label);
    expect(labels.filter((l) => l !== "").sort()).toEqual(["+", "×", "×", "→"]);
  });
});

describe("a comparison", () => {
  const found = (zh: string, en: string) => ({ zh, en });
  const column = (id: string, unit = "") => ({ id, title: words, unit });
  const both: Table = {
    id: "teams",
    title: words,
    columns: ["in", "name", "minutes.base", "minutes.scenario", "minutes.difference"].map((id) =>
      column(id),
    ),
    rows: [
      { ...table.rows[0], values: [found("两者", "both"), "甲", 5, 8, 3] },
      { ...table.rows[1], values: [found("仅情景", "only in the scenario"), "乙", null, 9, null] },
      { ...table.rows[0], id: 4, values: [found("仅现状", "only as it is"), "丁", 9, null, null] },
      { ...table.rows[1], id: 5, values: [found("两者", "both"), "戊", 9, 9, 0] },
    ],
  };
  const summary: Table = {
    id: "summary",
    title: words,
    columns: ["figure", "unit", "base", "scenario", "difference"].map((id) => column(id)),
    rows: [],
  };
  const comparison: Answer = {
    ...answer,
    scenario: "桥断",
    tables: [summary, both],
    shapes: [
      { id: "way", role: "way", title: words, geometry: way([120.9, 32]) },
      { id: "base.way", role: "way", title: words, geometry: way([120.7, 32]) },
    ],
  };

  test("is told from a plain answer", () => {
    expect(compared(comparison)).toBe(true);
    expect(compared(answer)).toBe(false);
  });

  test("each map has what is of its side", () => {
    const names = (side: "base" | "scenario") =>
      rowFeatures(comparison, 1, side).features.map((f) => f.properties.title);
    expect(names("base")).toEqual(["甲", "丁", "戊"]);
    expect(names("scenario")).toEqual(["甲", "乙", "戊"]);
    const shapes = (side: "base" | "scenario") =>
      shapeFeatures(comparison, side).features.map((f) => f.properties.key);
    expect(shapes("base")).toEqual(["1"]);
    expect(shapes("scenario")).toEqual(["0"]);
  });

  test("rows that differ are found only on one side, or have another number", () => {
    expect(both.rows.map((row) => differs(both, row))).toEqual([true, true, true, false]);
  });
});
