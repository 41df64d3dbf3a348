import type { Box, Catalogue, Counts, Hits, Item, ItemPage, Page } from "./types.ts";

/** A request that failed: an RFC 9457 problem, or the network itself (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly request: string | undefined;

  constructor(status: number, detail: string, code = "", field?: string, request?: string) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.field = field;
    this.request = request;
  }

  /** True when nothing came back at all: no network, or no server. */
  get offline(): boolean {
    return this.status === 0;
  }
}

/** Filters of one layer as they stand in a query string: field name to value. */
export type Filters = Readonly<Record<string, string>>;

/** Writes filters as a query string without the question mark, in a stable order. */
export function query(filters: Filters, more: Record<string, string | number> = {}): string {
  const pairs = Object.entries({ ...more, ...sorted(filters) });
  return pairs.map(([k, v]) => `${encodeURIComponent(k)}=${plain(String(v))}`).join("&");
}

function sorted(filters: Filters): Filters {
  return Object.fromEntries(Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Commas and slashes carry meaning in the values and may stand as they are in a query.
function plain(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/");
}

/** A box as the server takes it, with about a metre of precision. */
export function boxText(box: Box): string {
  return box.map((v) => v.toFixed(5)).join(",");
}

/** Reads from the server that this page came from. */
export class Client {
  private readonly base: string;

  constructor(base = "") {
    this.base = base;
  }

  page(): Promise<Page> {
    return this.get("/page.json");
  }

  catalogue(): Promise<Catalogue> {
    return this.get("/layers");
  }

  style(): Promise<unknown> {
    return this.get("/styles/onemap.json");
  }

  async counts(box: Box, layers: string[], signal?: AbortSignal): Promise<Record<string, Counts>> {
    const names = layers.map(encodeURIComponent).join(",");
    const path = `/counts?bbox=${boxText(box)}&layers=${names}`;
    return (await this.get<{ layers: Record<string, Counts> }>(path, signal)).layers;
  }

  layerCounts(id: string, box: Box, filters: Filters, signal?: AbortSignal): Promise<Counts> {
    const text = query(filters, { bbox: boxText(box) });
    return this.get(`/layers/${encodeURIComponent(id)}/counts?${text}`, signal);
  }

  item(layer: string, id: number, signal?: AbortSignal): Promise<Item> {
    return this.get(`/api/collections/${encodeURIComponent(layer)}/items/${id}`, signal);
  }

  items(
    layer: string,
    filters: Filters,
    more: Record<string, string | number>,
    signal?: AbortSignal,
  ): Promise<ItemPage> {
    const path = `/api/collections/${encodeURIComponent(layer)}/items`;
    return this.get(`${path}?${query(filters, more)}`, signal);
  }

  /** Follows a `next` link; only its path and query are used, so it stays on this server. */
  follow(href: string, signal?: AbortSignal): Promise<ItemPage> {
    const url = new URL(href, "http://page");
    return this.get(url.pathname + url.search, signal);
  }

  search(text: string, signal?: AbortSignal): Promise<Hits> {
    return this.get(`/api/search?limit=20&q=${encodeURIComponent(text)}`, signal);
  }

  private async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await send(this.base + path, {
      headers: { Accept: "application/json, application/geo+json" },
      ...(signal ? { signal } : {}),
    });
    return (await response.json()) as T;
  }
}

/** Asks the server; what is no success becomes a Problem, besides being broken off. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, String(error), "offline");
  }
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, string | undefined>;
  const detail = body.detail ?? body.title ?? response.statusText;
  return new Problem(response.status, detail, body.code ?? "", body.field, body.request_id);
}
