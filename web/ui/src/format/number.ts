import { lang } from "../i18n/t.ts";

/** A whole number with its thousands parted: 33,782 in both languages. */
export function whole(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** A count in at most four or five signs: 1.2万 in Chinese, 12k in English. */
export function compact(n: number): string {
  if (lang() === "zh") {
    if (n < 10_000) return whole(n);
    return n < 100_000_000 ? `${short(n / 10_000)}万` : `${short(n / 100_000_000)}亿`;
  }
  if (n < 1_000) return String(n);
  if (n < 10_000) return `${short(n / 1_000)}k`;
  return n < 1_000_000 ? `${Math.round(n / 1_000)}k` : `${short(n / 1_000_000)}M`;
}

function short(n: number): string {
  return n < 100 ? String(Math.round(n * 10) / 10) : String(Math.round(n));
}

/** A measured number as it was given, at most six decimals, thousands parted. */
export function measured(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

// UCUM codes as people write them.
const UNITS: Record<string, { zh: string; en: string }> = {
  "1": { zh: "", en: "" },
  "{person}": { zh: "人", en: "people" },
  "{people}": { zh: "人", en: "people" },
  m: { zh: "米", en: "m" },
  m2: { zh: "平方米", en: "m²" },
  m3: { zh: "立方米", en: "m³" },
  km: { zh: "千米", en: "km" },
  km2: { zh: "平方千米", en: "km²" },
  "km/h": { zh: "千米/时", en: "km/h" },
  "m/s": { zh: "米/秒", en: "m/s" },
  mm: { zh: "毫米", en: "mm" },
  t: { zh: "吨", en: "t" },
  kg: { zh: "千克", en: "kg" },
  min: { zh: "分钟", en: "min" },
  h: { zh: "小时", en: "h" },
  d: { zh: "天", en: "days" },
  a: { zh: "年", en: "years" },
  MW: { zh: "兆瓦", en: "MW" },
  kW: { zh: "千瓦", en: "kW" },
  MPa: { zh: "兆帕", en: "MPa" },
  Pa: { zh: "帕", en: "Pa" },
  hPa: { zh: "百帕", en: "hPa" },
  Cel: { zh: "℃", en: "°C" },
  "%": { zh: "%", en: "%" },
  deg: { zh: "°", en: "°" },
  "[CNY]": { zh: "元", en: "CNY" },
  CNY: { zh: "元", en: "CNY" },
};

/** A UCUM unit as it is written beside a number; empty for counts. */
export function unit(code: string | undefined): string {
  if (!code) return "";
  const known = UNITS[code];
  return known ? known[lang()] : code.replace(/^\{(.*)\}$/, "$1").replace(/_/g, " ");
}

/** A length on the ground: 850 米, 12.3 千米. */
export function length(metres: number): string {
  if (Number.isNaN(metres)) return "–";
  if (metres < 1_000)
    return `${metres < 100 ? metres.toFixed(1) : Math.round(metres)} ${unit("m")}`;
  const km = metres / 1_000;
  return `${km < 100 ? km.toFixed(2) : km.toFixed(1)} ${unit("km")}`;
}
