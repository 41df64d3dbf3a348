import { afterEach, describe, expect, test } from "vitest";
import { dms, position } from "../../src/format/angle.ts";
import { coordinates } from "../../src/format/coordinates.ts";
import { compact, length, unit } from "../../src/format/number.ts";
import { age, clock, day, duration, freshness, moment } from "../../src/format/time.ts";
import { setLang } from "../../src/i18n/t.ts";

afterEach(() => setLang("zh"));

describe("counts", () => {
  test.each([
    [0, "0", "0"],
    [999, "999", "999"],
    [1_204, "1,204", "1.2k"],
    [12_300, "1.2万", "12k"],
    [33_782, "3.4万", "34k"],
    [200_000, "20万", "200k"],
    [1_929_000, "193万", "1.9M"],
  ])("%d is %s and %s", (n, zh, en) => {
    expect(compact(n)).toBe(zh);
    setLang("en");
    expect(compact(n)).toBe(en);
  });
});

describe("units and lengths", () => {
  test("UCUM is written as people write it", () => {
    expect([unit("m2"), unit("1"), unit("{person}"), unit(undefined)]).toEqual([
      "平方米",
      "",
      "人",
      "",
    ]);
  });
  test("lengths change their unit at a kilometre", () => {
    expect([length(94.51), length(850.4), length(45_924.6), length(137_982)]).toEqual([
      "94.5 米",
      "850 米",
      "45.92 千米",
      "138.0 千米",
    ]);
  });
});

describe("positions", () => {
  test("degrees, minutes and seconds carry over at sixty", () => {
    expect(dms(120.999999999)).toBe("121°00′00.00″");
    expect(dms(121.175833)).toBe("121°10′33.00″");
  });
  test("the four ways of one place", () => {
    expect(position([120.894, 31.98], "degrees")).toBe("120.894000°E 31.980000°N");
    expect(position([120.894, 31.98], "dms")).toBe("120°53′38.40″E 31°58′48.00″N");
    expect(position([120.894, 31.98], "gk120")).toBe("X 3539983.9 Y 584496.7");
    expect(position([120.894, 31.98], "gk123")).toBe("X 3541572.9 Y 300934.4");
  });
  test.each([
    ["120.894, 31.98", [120.894, 31.98]],
    ["31.98 120.894", [120.894, 31.98]],
    ["31.98°N，120.894°E", [120.894, 31.98]],
    ["12, 34", null],
    ["南通 31", null],
    ["320613", null],
  ])("typed %s", (text, point) => {
    expect(coordinates(text)).toEqual(point);
  });
});

describe("times", () => {
  const now = new Date("2026-11-24T05:00:00Z");
  test("are told in Beijing", () => {
    expect(moment("2026-11-23T17:30:00Z")).toBe("2026-11-24 01:30");
    expect(day("2026-11-23T17:30:00Z")).toBe("2026-11-24");
    expect(clock(now)).toBe("13:00:00");
  });
  test("age takes its largest unit", () => {
    expect(age("2026-11-24T04:59:40Z", now)).toBe("刚刚");
    expect(age("2026-11-24T02:00:00Z", now)).toBe("3 小时前");
    expect(age("2024-11-01T00:00:00Z", now)).toBe("2 年前");
    setLang("en");
    expect(age("2026-11-23T04:00:00Z", now)).toBe("1 day ago");
  });
  test("durations of ISO 8601", () => {
    expect([
      duration("P1D"),
      duration("PT10M"),
      duration("P1Y"),
      duration("P2W"),
      duration("x"),
    ]).toEqual([86_400, 600, 31_536_000, 1_209_600, 0]);
  });
  test("freshness turns after the declared time and again after twice that", () => {
    const at = (iso: string) => freshness(iso, "P1D", now);
    expect(at("2026-11-24T00:00:00Z")).toBe("fresh");
    expect(at("2026-11-23T00:00:00Z")).toBe("ageing");
    expect(at("2026-11-20T00:00:00Z")).toBe("stale");
    expect(freshness(null, "P1D", now)).toBe("unknown");
    expect(freshness("2020-01-01T00:00:00Z", undefined, now)).toBe("unknown");
  });
});
