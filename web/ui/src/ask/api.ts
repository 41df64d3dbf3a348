import { Problem, send } from "../api/client.ts";
import type { Answer, Inputs, Question, Saved, Scenario } from "./types.ts";

/** How far the answering of a question is. */
export interface Job {
  jobID: string;
  status: "accepted" | "running" | "successful" | "failed" | "dismissed";
  message?: string;
  progress: number;
  error?: { code: string; field?: string; detail: string };
}

/** A question as it is sent. */
export interface Order {
  question: string;
  inputs: Inputs;
  /** A saved scenario's name. */
  scenario: string | null;
  /** Beside the answer as things are. */
  compare: boolean;
}

/** An answer and the job that keeps it, from which it can be had in other forms. */
export interface Answered {
  job: string;
  answer: Answer;
}

/** The forms in which an answer can be taken away. */
export const FORMS = ["geojson", "gpkg", "xlsx", "html"] as const;
export type ExportForm = (typeof FORMS)[number];

/** How long to wait before looking again where the server's own word does not come, in ms. */
const AGAIN = 700;

/** The questions' part of the server: OGC API Processes, and the scenarios. */
export class Questions {
  async list(signal?: AbortSignal): Promise<Question[]> {
    const { processes } = await get<{ processes: { question: Question }[] }>(
      "/api/processes",
      signal,
    );
    return processes.map((p) => p.question);
  }

  /**
   * Asks, tells how far the answering is, and answers. When signal is aborted, the server
   * is told to give up too.
   */
  async ask(order: Order, tell: (job: Job) => void, signal: AbortSignal): Promise<Answered> {
    const { question, inputs, scenario, compare } = order;
    const response = await send(`/api/processes/${encodeURIComponent(question)}/execution`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "respond-async" },
      body: JSON.stringify({ inputs, ...(scenario !== null ? { scenario, compare } : {}) }),
      signal,
    });
    const job = (await response.json()) as Job;
    const path = `/api/jobs/${encodeURIComponent(job.jobID)}`;
    const dismiss = () => void fetch(path, { method: "DELETE" }).catch(() => undefined);
    signal.addEventListener("abort", dismiss, { once: true });
    try {
      tell(job);
      const end = await ended(path, tell, signal);
      if (end.error) {
        throw new Problem(400, end.error.detail, end.error.code, end.error.field);
      }
      return { job: job.jobID, answer: await get<Answer>(`${path}/results`, signal) };
    } finally {
      signal.removeEventListener("abort", dismiss);
    }
  }

  /** Where an answer is had in another form. */
  export(job: string, form: ExportForm, lang: string): string {
    return `/api/jobs/${encodeURIComponent(job)}/results?f=${form}&lang=${lang}`;
  }
}

/** Waits for a job's end by its events; without them, by asking again and again. */
function ended(path: string, tell: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`${path}/events`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      events.close();
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    const take = (job: Job) => {
      tell(job);
      if (job.status === "accepted" || job.status === "running") return false;
      stop();
      resolve(job);
      return true;
    };
    const abort = () => {
      stop();
      reject(signal.reason);
    };
    const look = async () => {
      try {
        if (!take(await get<Job>(path, signal))) timer = setTimeout(look, AGAIN);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const said = (event: MessageEvent<string>) => void take(JSON.parse(event.data) as Job);
    signal.addEventListener("abort", abort);
    events.addEventListener("progress", said);
    events.addEventListener("end", said);
    events.onerror = () => {
      events.close();
      if (!signal.aborted) timer ??= setTimeout(look, 0);
    };
  });
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await send(path, {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await answer.json()) as T;
}

/** The scenarios that are kept. */
export class Scenarios {
  /** All of them, and whether new ones may be made; null where the server keeps none. */
  async list(): Promise<{ scenarios: Saved[]; editable: boolean } | null> {
    try {
      return await get("/api/scenarios");
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  }

  /** Keeps a scenario: a new one, or in place of what was read before. */
  async save(scenario: Scenario, before: Saved | null): Promise<void> {
    const { name, lost, added, moved, closed } = scenario;
    await send(before ? `/api/scenarios/${before.id}` : "/api/scenarios", {
      method: before ? "PUT" : "POST",
      headers: { "Content-Type": "application/json", ...(before ? seen(before) : {}) },
      body: JSON.stringify({ name, note: before?.note ?? "", lost, added, moved, closed }),
    });
  }

  async remove(saved: Saved): Promise<void> {
    await send(`/api/scenarios/${saved.id}`, { method: "DELETE", headers: seen(saved) });
  }
}

// So that nobody overwrites what he has not seen.
function seen({ version }: Saved): Record<string, string> {
  return { "If-Match": `"${version}"` };
}

export const questions = new Questions();
export const scenarios = new Scenarios();
