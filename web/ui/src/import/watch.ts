import type { Check } from "./types.ts";

/**
 * Follows a check until it ends. The state is the server's, so a page that was loaded anew
 * sees it as it is; a browser that lost touch comes back by itself.
 */
export function watch(
  batch: number,
  told: (check: Check, ended: boolean) => void,
  touch: (lost: boolean) => void,
): () => void {
  const source = new EventSource(`/batches/${batch}/events`);
  const hear = (ended: boolean) => (event: Event) => {
    touch(false);
    if (ended) source.close();
    told(JSON.parse((event as MessageEvent<string>).data) as Check, ended);
  };
  source.addEventListener("progress", hear(false));
  source.addEventListener("end", hear(true));
  source.addEventListener("error", () => touch(source.readyState !== EventSource.OPEN));
  return () => source.close();
}

/** True while a check waits or works. */
export function running(check: Check | null | undefined): boolean {
  return check?.state === "queued" || check?.state === "running";
}
