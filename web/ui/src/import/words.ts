import { lang } from "../i18n/t.ts";
import en from "./en.json";
import zh from "./zh.json";

/** A key of the import page's words; they come with its own part of the program. */
export type Word = keyof typeof zh;

const words: Record<"zh" | "en", Record<string, string>> = { zh, en };

/** The import page's word for key, with {name} filled from values. */
export function w(key: Word, values: Record<string, string | number> = {}): string {
  const text = words[lang()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The word for a key that comes from the server, or the server's own where there is none. */
export function known(prefix: string, name: string): string {
  return words[lang()][`${prefix}.${name}`] ?? name;
}
