import type { Lang, Text } from "../api/types.ts";
import en from "./en.json";
import zh from "./zh.json";

/** A key of the page's own words; the records' words come from the declarations. */
export type Key = keyof typeof zh;

const words: Record<Lang, Record<string, string>> = { zh, en };

let current: Lang = "zh";

export function lang(): Lang {
  return current;
}

/** Sets the language of everything that is written from now on. */
export function setLang(next: Lang): void {
  current = next;
  if (typeof document !== "undefined") {
    document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  }
}

/** The page's word for key, with {name} filled from values. */
export function t(key: Key, values: Values = {}): string {
  return filled(words[current][key] ?? words.zh[key] ?? key, values);
}

export type Values = Record<string, string | number>;

/** A text with {name} filled from values, and of {name|one|many} the form for the number. */
export function filled(text: string, values: Values): string {
  return text
    .replace(/\{(\w+)\|([^|}]*)\|([^|}]*)\}/g, (_, name: string, one: string, many: string) =>
      String(values[name]) === "1" ? one : many,
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A declared text in the current language; the other one where it is missing. */
export function say(text: Text | undefined | null): string {
  if (!text) return "";
  return text[current] || text.zh || text.en || "";
}
