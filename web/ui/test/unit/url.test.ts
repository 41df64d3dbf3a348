import { describe, expect, test } from "vitest";
import { initial } from "../../src/app/state.ts";
import { read, write } from "../../src/app/url.ts";

const DEFAULT = ["enterprise", "shelter"];

describe("the address", () => {
  test("says nothing about what is as declared", () => {
    expect(write({ ...initial(), on: new Set(DEFAULT) }, DEFAULT)).toBe("");
  });

  test("carries all that makes two people see the same", () => {
    const state = {
      ...initial(),
      view: { lng: 120.8940001, lat: 31.98, zoom: 11.456 },
      on: new Set(["enterprise", "warning"]),
      filters: {
        enterprise: { risk_grade: "major,low", employees: "100/.." },
        shelter: { name: "中 &=" },
      },
      selection: { layer: "enterprise", id: 4711 },
      lang: "en" as const,
      system: "gk120" as const,
      basemap: "tdt",
      grey: true,
    };
    const text = write(state, DEFAULT);
    expect(text).toContain("f.enterprise.risk_grade=major,low");
    expect(text).toContain("f.enterprise.employees=100/..");
    expect(read(`#${text}`)).toEqual({
      view: { lng: 120.894, lat: 31.98, zoom: 11.46 },
      on: ["enterprise", "warning"],
      filters: state.filters,
      importing: null,
      asking: null,
      selection: state.selection,
      lang: "en",
      system: "gk120",
      basemap: "tdt",
      grey: true,
    });
  });

  test("no layer on is not the same as nothing said", () => {
    const text = write({ ...initial(), on: new Set() }, DEFAULT);
    expect(read(text).on).toEqual([]);
    expect(read("").on).toBeNull();
  });

  test.each([
    "map=x/y/z",
    "map=9",
    "map=9/99/120",
    "sel=enterprise",
    "sel=enterprise/-1",
    "lang=fr",
    "xy=mars",
    "f.=1",
    "%E0%A4%A=1",
    "=",
    "f.enterprise.risk_grade",
  ])("%s is taken for not said", (text) => {
    const place = read(text);
    expect(place).toMatchObject({
      view: null,
      selection: null,
      lang: null,
      system: null,
      filters: {},
    });
  });
});

test("the import page and one of its surveys have an address", () => {
  const at = (hash: string) => read(hash).importing;
  expect(at("#import")).toEqual({ batch: null });
  expect(at("#import=12&lang=en")).toEqual({ batch: 12 });
  expect(at("#import=x")).toEqual({ batch: null });
  expect(at("#lang=en")).toBeNull();
  expect(write({ ...initial(), importing: { batch: 7 } }, [])).toBe("import=7");
  expect(write({ ...initial(), importing: { batch: null } }, [])).toBe("import");
});

test("a question has an address, with its inputs and its scenario once it was asked", () => {
  const asking = {
    question: "around",
    inputs: {
      shape: { type: "Circle", coordinates: [120.86, 32.01], radius: 3000 },
      n: "\u8fd1 &#",
    },
    scenario: "\u6865\u65ad & more",
    compare: true,
  };
  const text = write({ ...initial(), asking }, []);
  expect(text).toContain("ask=around&in={%22shape%22:{");
  expect(read(`#${text}`).asking).toEqual(asking);
  const list = { question: null, inputs: null, scenario: null, compare: false };
  expect(write({ ...initial(), asking: list }, [])).toBe("ask");
  expect(read("#ask").asking).toEqual(list);
  expect(read("#ask=around&in=[1]").asking).toEqual({ ...list, question: "around" });
  expect(read("#ask=around&in={").asking?.inputs).toBeNull();
});
