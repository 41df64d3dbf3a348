import { lang, t } from "../i18n/t.ts";

const ZONE = "Asia/Shanghai";

/** Date and time in Beijing time, 2026-11-24 13:05. */
export function moment(value: string | Date): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return `${day(date)} ${clock(date).slice(0, 5)}`;
}

/** The date in Beijing, 2026-11-24. */
export function day(value: string | Date): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short" }).format(date);
}

/** The time of day in Beijing with seconds, 13:05:09. */
export function clock(value: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, timeStyle: "medium" }).format(value);
}

/** The day of the week in Beijing. */
export function weekday(value: Date): string {
  const locale = lang() === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: ZONE, weekday: "long" }).format(value);
}

const UNITS = [
  ["years", 365 * 86_400],
  ["months", 30 * 86_400],
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

/** How long ago something was recorded, in its largest fitting unit. */
export function age(value: string | Date, now = new Date()): string {
  const seconds = (now.getTime() - new Date(value).getTime()) / 1_000;
  for (const [name, size] of UNITS) {
    if (seconds >= size) {
      const n = Math.floor(seconds / size);
      return t(`age.${name}`, { n });
    }
  }
  return t("age.now");
}

/** Seconds of an ISO 8601 duration such as P1Y, P30D or PT10M; 0 when it says nothing. */
export function duration(text: string | undefined): number {
  const match =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
      text ?? "",
    );
  if (!match) return 0;
  const sizes = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1];
  return sizes.reduce((sum, size, i) => sum + size * Number(match[i + 1] ?? 0), 0);
}

export type Freshness = "fresh" | "ageing" | "stale" | "unknown";

/** Fresh within the declared duration, ageing up to twice that, then stale. */
export function freshness(
  newest: string | null | undefined,
  fresh: string | undefined,
  now = new Date(),
): Freshness {
  const limit = duration(fresh);
  if (!newest || limit === 0) return "unknown";
  const seconds = (now.getTime() - new Date(newest).getTime()) / 1_000;
  if (seconds <= limit) return "fresh";
  return seconds <= 2 * limit ? "ageing" : "stale";
}
