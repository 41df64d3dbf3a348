import { Problem } from "../api/client.ts";
import { arrived, giveUp } from "./tus.ts";

/** What was said of a file before it was brought. */
export interface Said {
  layer: string;
  scope: "layer" | "area" | "source";
  area: string;
  source: string;
}

/** An upload that has begun, as the browser keeps it until it is a survey. */
export interface Kept extends Said {
  upload: string;
  name: string;
  size: number;
  modified: number;
  /** Of the file's beginning and end. */
  mark: string;
}

const KEY = "onemap.uploads";
const MOST = 8;
const END = 64 << 10;

/** The uploads that were under way when the page was left, the newest first. */
export function kept(): Kept[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? (list as Kept[]).filter((k) => typeof k?.upload === "string") : [];
  } catch {
    return []; // no storage, or not ours
  }
}

export function keep(one: Kept): void {
  store([one, ...kept().filter((k) => k.upload !== one.upload)].slice(0, MOST));
}

export function forget(upload: string): void {
  store(kept().filter((k) => k.upload !== upload));
}

function store(list: Kept[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Without storage an upload ends with the page.
  }
}

/** How far each of the kept uploads has come; those that the server has swept are forgotten. */
export async function standing(): Promise<(Kept & { sent: number })[]> {
  const list = await Promise.all(
    kept().map(async (k) => {
      try {
        return { ...k, sent: await arrived(`/uploads/${k.upload}`) };
      } catch (error) {
        if (error instanceof Problem && (error.status === 404 || error.status === 410))
          forget(k.upload);
        return null;
      }
    }),
  );
  return list.filter((k) => k !== null);
}

/** Gives an upload up, here and on the server. */
export async function drop(upload: string): Promise<void> {
  forget(upload);
  await giveUp(`/uploads/${upload}`);
}

/** The kept upload of which a file is the whole, if there is one. */
export async function keptOf(file: File): Promise<Kept | undefined> {
  const alike = kept().filter(
    (k) => k.name === file.name && k.size === file.size && k.modified === file.lastModified,
  );
  if (alike.length === 0) return undefined;
  const mark = await markOf(file);
  return alike.find((k) => k.mark === mark);
}

/**
 * A mark of the file's beginning and end (FNV-1a in 2 × 32 bits): another file is not taken
 * for the same by accident. The browser's own digests are not there without HTTPS.
 */
export async function markOf(file: Blob): Promise<string> {
  const parts = [file.slice(0, END), file.slice(Math.max(END, file.size - END))];
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (const part of parts) {
    for (const byte of new Uint8Array(await part.arrayBuffer())) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte ^ (a >>> 24), 0x01000193);
    }
  }
  return [a, b].map((n) => (n >>> 0).toString(16).padStart(8, "0")).join("");
}
