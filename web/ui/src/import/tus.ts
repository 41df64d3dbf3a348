import { Problem, send } from "../api/client.ts";

/** How much of a file has been brought, and what is happening to it. */
export interface Progress {
  state: "waiting" | "sending" | "paused" | "retrying" | "done" | "failed" | "cancelled";
  sent: number;
  total: number;
  /** Bytes a second of late, 0 when not known. */
  rate: number;
  error?: Problem;
}

export interface TusOptions {
  base?: string;
  /** Bytes of one part. */
  part?: number;
  /** Pauses in ms before each further try; the last is used from then on. */
  pauses?: readonly number[];
  /** How many failures without a byte in between are taken. */
  tries?: number;
  /** The id of an upload of the same file that began before; it goes on where it ended. */
  upload?: string;
}

const PART = 8 << 20;
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const TRIES = 40;
const HEADERS = { "Tus-Resumable": "1.0.0" };

/** Brings one file in parts (tus 1.0.0); what was broken off goes on where it ended. */
export class Bringing {
  readonly file: File;
  private readonly options: Required<TusOptions>;
  private readonly told: (progress: Progress) => void;
  private path = "";
  private asked = true; // how far the file has come is known
  private progress: Progress;
  private abort: AbortController | undefined;
  private wake: (() => void) | undefined;
  private marks: { at: number; sent: number }[] = [];

  constructor(file: File, told: (progress: Progress) => void, options: TusOptions = {}) {
    this.file = file;
    this.told = told;
    this.options = { base: "", part: PART, pauses: PAUSES, tries: TRIES, upload: "", ...options };
    if (this.options.upload) {
      this.path = `${this.options.base}/uploads/${this.options.upload}`;
      this.asked = false;
    }
    this.progress = { state: "waiting", sent: 0, total: file.size, rate: 0 };
  }

  get now(): Progress {
    return this.progress;
  }

  /** The upload's id, empty before the file has been announced. */
  get id(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /** Sends until all is there. Returns the upload's id, or null when it was given up. */
  async send(): Promise<string | null> {
    let failed = 0;
    while (true) {
      if (this.over()) return null;
      if (this.progress.state === "paused") {
        await this.until(undefined);
        continue;
      }
      const before = this.progress.sent;
      try {
        this.set({ state: "sending" });
        await this.step();
        failed = 0;
        if (this.path && this.progress.sent >= this.file.size) {
          this.set({ state: "done", rate: 0 });
          return this.id;
        }
      } catch (error) {
        if (this.over()) return null;
        if (this.is("paused")) continue;
        if (this.progress.sent > before) failed = 0;
        const problem = error instanceof Problem ? error : new Problem(0, String(error), "offline");
        if (!passing(problem) || ++failed > this.options.tries) {
          this.set({ state: "failed", error: problem, rate: 0 });
          throw problem;
        }
        await this.retry(problem, failed);
      }
    }
  }

  pause(): void {
    if (this.ended()) return;
    this.set({ state: "paused", rate: 0 });
    this.marks = [];
    this.abort?.abort();
  }

  /** Goes on after a pause, or at once instead of waiting for the next try. */
  resume(): void {
    if (this.is("paused")) this.set({ state: "waiting" });
    this.wake?.();
  }

  /** Gives up, and has the server forget what it got. */
  async cancel(): Promise<void> {
    if (this.ended()) return;
    this.set({ state: "cancelled", rate: 0 });
    this.abort?.abort();
    this.wake?.();
    if (this.path) await giveUp(this.path);
  }

  private is(state: Progress["state"]): boolean {
    return this.progress.state === state;
  }

  private over(): boolean {
    return this.is("cancelled");
  }

  private ended(): boolean {
    return this.is("done") || this.is("failed") || this.is("cancelled");
  }

  // Announces the file, then sends one part of it.
  private async step(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    if (!this.asked) {
      await this.ask();
      if (this.path && this.progress.sent >= this.file.size) return;
    }
    if (!this.path) {
      const created = await send(`${this.options.base}/uploads`, {
        method: "POST",
        headers: {
          ...HEADERS,
          "Upload-Length": String(this.file.size),
          "Upload-Metadata": metadata(this.file),
        },
        signal,
      });
      const location = created.headers.get("Location");
      if (!location) throw new Problem(502, "The answer names no upload.");
      // Only the path is used, so that nothing is sent anywhere but to this server.
      this.path = this.options.base + new URL(location, "http://page").pathname;
      if (this.file.size === 0) return;
    }
    const from = this.progress.sent;
    const answer = await send(this.path, {
      method: "PATCH",
      headers: {
        ...HEADERS,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(from),
      },
      body: this.file.slice(from, from + this.options.part),
      signal,
    });
    this.arrived(offsetOf(answer));
  }

  // Waits, and asks how far the file has really come.
  private async retry(problem: Problem, failed: number): Promise<void> {
    const { pauses } = this.options;
    this.set({ state: "retrying", error: problem, rate: 0 });
    await this.until(pauses[Math.min(failed, pauses.length) - 1]);
    if (!this.is("retrying") || !this.path) return;
    await this.ask().catch(() => undefined);
  }

  private async ask(): Promise<void> {
    try {
      this.set({ sent: await arrived(this.path) });
      this.marks = [];
    } catch (error) {
      // Swept away on the server: the file is announced anew and sent from its beginning.
      if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 410))
        throw error;
      this.path = "";
      this.set({ sent: 0 });
    }
    this.asked = true;
  }

  private until(pause: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = pause === undefined ? undefined : setTimeout(done, pause);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.wake = done;
    });
  }

  private arrived(sent: number): void {
    const now = performance.now();
    this.marks = [...this.marks, { at: now, sent }].slice(-6);
    const first = this.marks[0];
    const took = first ? (now - first.at) / 1_000 : 0;
    this.set({ sent, rate: first && took > 0 ? (sent - first.sent) / took : 0 });
  }

  private set(patch: Partial<Progress>): void {
    this.progress = { ...this.progress, ...patch };
    if (patch.state && patch.state !== "retrying" && patch.state !== "failed") {
      delete this.progress.error;
    }
    this.told(this.progress);
  }
}

/** How many bytes of an upload are there. */
export async function arrived(path: string): Promise<number> {
  return offsetOf(await send(path, { method: "HEAD", headers: HEADERS }));
}

/** Has the server forget what it got, if it still has it. */
export async function giveUp(path: string): Promise<void> {
  await send(path, { method: "DELETE", headers: HEADERS }).catch(() => undefined);
}

function offsetOf(answer: Response): number {
  const offset = Number(answer.headers.get("Upload-Offset") ?? Number.NaN);
  if (!Number.isSafeInteger(offset)) throw new Problem(502, "The answer has no Upload-Offset.");
  return offset;
}

// No network, a busy server, another offset than thought: it is worth trying again.
function passing(problem: Problem): boolean {
  const { status } = problem;
  return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
}

/** The file's name as the protocol carries it: base64 of UTF-8. */
export function metadata(file: { name: string }): string {
  const bytes = new TextEncoder().encode(file.name);
  return `filename ${btoa(String.fromCharCode(...bytes))}`;
}
