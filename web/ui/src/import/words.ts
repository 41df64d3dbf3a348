import { filled, lang, type Values } from "../i18n/t.ts";
import en from "./en.json";
import zh from "./zh.json";

/** A key of the import page's words; they come with its own part of the program. */
export type Word = keyof typeof zh;

const words: Record<"zh" | "en", Record<string, string>> = { zh, en };

/** The import page's word for key, with {name} filled from values. */
export function w(key: Word, values: Values = {}): string {
  return filled(words[lang()][key] ?? key, values);
}

/** The word for a key that comes from the server, or the server's own where there is none. */
export function known(prefix: string, name: string): string {
  return words[lang()][`${prefix}.${name}`] ?? name;
}
