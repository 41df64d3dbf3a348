import { expect, test } from "vitest";
import type { LayerInfo } from "../../src/api/types.ts";
import {
  assign,
  drafted,
  fix,
  guessLayer,
  matchOf,
  missing,
  refusalOf,
  sameOptions,
  tidy,
} from "../../src/import/mapping.ts";
import { system } from "../../src/import/position.ts";
import type { Reading } from "../../src/import/types.ts";

const field = (name: string, zh: string, more = {}) => ({
  name,
  title: { zh, en: name },
  type: "text" as const,
  ...more,
});

const layer = {
  id: "shelter",
  title: { zh: "避难场所", en: "Shelters" },
  fields: [
    field("code", "编号", { required: true }),
    field("name", "名称", { required: true }),
    field("capacity", "容纳人数", { aliases: ["可容纳人数"] }),
    field("area_code", "行政区划代码"),
  ],
} as unknown as LayerInfo;

const reading = {
  columns: [
    { name: "编号", field: "code", samples: ["1"] },
    { name: "可容纳人数", field: "capacity", match: "alias", samples: ["100"] },
    { name: "场所", samples: ["一号"] },
  ],
  missing: ["name"],
} as unknown as Reading;

test("a column given by hand counts at once, and takes the field from another", () => {
  const named = assign({}, "场所", "name");
  expect(named).toEqual({ columns: { name: "场所" } });
  expect(drafted(reading, named).map((c) => c.field)).toEqual(["code", "capacity", "name"]);
  const moved = assign({}, "场所", "code");
  expect(drafted(reading, moved).map((c) => c.field)).toEqual(["", "capacity", "code"]);
  expect(assign(named, "场所", "")).toEqual({});
});

test("a column that its name gives a field is left out when that is said", () => {
  const without = assign({}, "可容纳人数", "", "capacity");
  expect(without).toEqual({ columns: { capacity: "" } });
  expect(drafted(reading, without).map((c) => c.field)).toEqual(["code", "", undefined]);
  expect(assign(without, "可容纳人数", "capacity")).toEqual({
    columns: { capacity: "可容纳人数" },
  });
  expect(missing(layer, reading, assign({}, "编号", "", "code")).map((f) => f.name)).toEqual([
    "code",
    "name",
  ]);
});

test("required fields are missing until they have a column or a value", () => {
  expect(missing(layer, reading, {}).map((f) => f.name)).toEqual(["name"]);
  expect(missing(layer, reading, assign({}, "场所", "name"))).toEqual([]);
  expect(missing(layer, reading, fix({}, "name", "无名"))).toEqual([]);
});

test("what is guessed is told from what is named alike and what was said", () => {
  const [code, capacity, place] = drafted(reading, assign({}, "场所", "name"));
  const options = { columns: { name: "场所" } };
  expect(code && matchOf(code, options)).toBe("same");
  expect(capacity && matchOf(capacity, options)).toBe("guessed");
  expect(place && matchOf(place, options)).toBe("hand");
  expect(matchOf({ name: "x", samples: [] }, {})).toBe("none");
  expect(matchOf({ name: "x", field: "name", match: "saved", samples: [] }, {})).toBe("saved");
});

test("options that say the same are the same", () => {
  expect(sameOptions({ encoding: "", columns: {}, placing: {} }, {})).toBe(true);
  expect(
    sameOptions(
      { values: { a: "1", b: "2" }, placing: { crs: "EPSG:4549", axis: "yx" } },
      { placing: { axis: "yx", crs: "EPSG:4549" }, values: { b: "2", a: "1" } },
    ),
  ).toBe(true);
  expect(sameOptions({ skip_bad: true }, {})).toBe(false);
  expect(tidy({ number: false, part: "表1" })).toEqual({ part: "表1" });
  expect(fix(fix({}, "name", "x"), "name", null)).toEqual({});
});

test("a layer is guessed by its columns or its name, and not by a common word", () => {
  expect(guessLayer([layer], "a.csv", "编号,名称,可容纳人数\r\n1,一号,100")?.id).toBe("shelter");
  expect(guessLayer([layer], "通州避难场所.zip", "")?.id).toBe("shelter");
  expect(guessLayer([layer], "a.csv", "名称,电话\n")).toBeNull();
});

test("files that cannot be brought as they are, with the reason", () => {
  expect(refusalOf([{ name: "a.zip", size: 5 }])).toBe("");
  expect(refusalOf([{ name: "a.shp", size: 5 }])).toBe("shp");
  expect(refusalOf([{ name: "a.zip", size: 0 }])).toBe("empty");
  expect(refusalOf([{ name: "a.zip", size: 3e9 }])).toBe("large");
  expect(
    refusalOf([
      { name: "a.shp", size: 5 },
      { name: "a.dbf", size: 5 },
    ]),
  ).toBe("folder");
});

test("a code is taken with and without its authority", () => {
  expect(system("4549")).toBe("EPSG:4549");
  expect(system("epsg: 4549")).toBe("EPSG:4549");
  expect(system("EPSG:4490")).toBe("EPSG:4490");
});
