import { filled, lang, type Values } from "../i18n/t.ts";
import en from "./en.json";
import zh from "./zh.json";

/** A key of the questions' words; they come with their own part of the program. */
export type Word = keyof typeof zh;

const words: Record<"zh" | "en", Record<string, string>> = { zh, en };

/** The questions' word for key, with {name} filled from values. */
export function w(key: Word, values: Values = {}): string {
  return filled(words[lang()][key] ?? key, values);
}
