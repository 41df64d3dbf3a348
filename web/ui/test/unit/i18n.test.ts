import { expect, test } from "vitest";
import en from "../../src/i18n/en.json";
import { say, setLang, t } from "../../src/i18n/t.ts";
import zh from "../../src/i18n/zh.json";

test("both languages have the same keys, none empty", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text).not.toBe("");
});

test("both languages fill the same places", () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(places(en[key]), key).toEqual(places(zh[key]));
  }
});

test("t fills places and keeps what it cannot fill", () => {
  setLang("en");
  expect(t("cluster", { n: 5 })).toBe("5 records");
  expect(t("cluster", { n: 1 })).toBe("1 record");
  expect(t("cluster")).toBe("{n} records");
  setLang("zh");
  expect(t("cluster", { n: 5 })).toBe("5 条");
});

test("a declared text falls back to the other language", () => {
  setLang("en");
  expect(say({ zh: "企业", en: "" })).toBe("企业");
  expect(say(undefined)).toBe("");
  setLang("zh");
});
