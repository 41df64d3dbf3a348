import { send } from "../api/client.ts";
import type {
  Batch,
  BatchDetail,
  BatchState,
  Check,
  Comparison,
  Difference,
  Edition,
  Encoding,
  Finding,
  Options,
} from "./types.ts";

/** Which findings of a batch; empty members choose all. */
export interface FindingFilter {
  rule?: string;
  field?: string;
  severity?: string;
}

/** What is said of a file that is brought. */
export interface Bringing {
  upload: string;
  layer: string;
  source?: string;
  scope?: string;
  options: Options;
}

/** The import's part of the server. */
export class Surveys {
  async batches(before = 0, signal?: AbortSignal): Promise<{ batches: Batch[]; more: boolean }> {
    const answer = await get<{ batches: Batch[]; links: { rel: string }[] }>(
      `/batches?limit=30${before > 0 ? `&before=${before}` : ""}`,
      signal,
    );
    return { batches: answer.batches, more: answer.links.some((l) => l.rel === "next") };
  }

  batch(id: number, signal?: AbortSignal): Promise<BatchDetail> {
    return get(`/batches/${id}`, signal);
  }

  bring(what: Bringing): Promise<BatchDetail> {
    return put("POST", "/batches", what);
  }

  options(id: number, options: Options): Promise<BatchDetail> {
    // The source stays what it was when the file was brought.
    const { source: _, ...said } = options;
    return put("PUT", `/batches/${id}/options`, said);
  }

  async encodings(id: number): Promise<Encoding[]> {
    return (await get<{ encodings: Encoding[] }>(`/batches/${id}/encodings`)).encodings;
  }

  check(id: number): Promise<Check> {
    return put("POST", `/batches/${id}/check`);
  }

  cancel(id: number): Promise<Check> {
    return put("DELETE", `/batches/${id}/check`);
  }

  state(id: number, to: BatchState, note: string): Promise<BatchDetail> {
    return put("POST", `/batches/${id}/state`, { to, note });
  }

  async findings(
    id: number,
    filter: FindingFilter,
    after: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Finding[]> {
    const path = `/batches/${id}/findings?${said(filter)}after=${after}&limit=${limit}`;
    return (await get<{ findings: Finding[] }>(path, signal)).findings;
  }

  /** The findings that have a place, for the map. */
  places(
    id: number,
    filter: FindingFilter,
    limit: number,
    signal?: AbortSignal,
  ): Promise<GeoJSON.FeatureCollection<GeoJSON.Point>> {
    return get(`/batches/${id}/findings?f=geojson&${said(filter)}limit=${limit}`, signal);
  }

  comparison(id: number, signal?: AbortSignal): Promise<Comparison> {
    return get(`/batches/${id}/comparison`, signal);
  }

  async differences(
    id: number,
    kind: string,
    after: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ differences: Difference[]; more: boolean }> {
    const query = said({ kind, after });
    const answer = await get<{ differences: Difference[]; links: { rel: string }[] }>(
      `/batches/${id}/differences?${query}limit=${limit}`,
      signal,
    );
    return { differences: answer.differences, more: answer.links.some((l) => l.rel === "next") };
  }

  async edition(layer: string, id: number): Promise<Edition | null> {
    const path = `/editions?limit=1000&layer=${encodeURIComponent(layer)}`;
    const { editions } = await get<{ editions: Edition[] }>(path);
    return editions.find((e) => e.id === id) ?? null;
  }

  revert(edition: number): Promise<unknown> {
    return put("POST", `/editions/${edition}/revert`);
  }
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await send(path, {
    headers: { Accept: "application/json, application/geo+json" },
    ...(signal ? { signal } : {}),
  });
  return (await answer.json()) as T;
}

async function put<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await send(path, {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as T;
}

function said(values: object): string {
  return Object.entries(values)
    .filter(([, v]) => v !== undefined && v !== "")
    .map(([k, v]) => `${k}=${encodeURIComponent(String(v))}&`)
    .join("");
}

export const surveys = new Surveys();
