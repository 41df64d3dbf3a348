import { Problem } from "../api/client.ts";
import type { Counts } from "../api/types.ts";
import type { App } from "./app.ts";
import type { State } from "./state.ts";

const PAUSE = 200;

/** How often the figures are asked for anew while nothing moves. */
const AGAIN = 60_000;

/**
 * Keeps the counts of all layers up to date with the view and the filters. One request
 * serves every layer without filters; a filtered layer is asked for by itself.
 */
export function keepCounts(app: App): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  const ask = async () => {
    const { box, filters } = app.store.now;
    if (!box || app.layers.length === 0 || app.store.now.page?.archive) return;
    running?.abort();
    const mine = new AbortController();
    running = mine;
    app.store.set({ counting: "loading" });
    try {
      const filtered = app.layers.map((l) => l.id).filter((id) => filters[id]);
      const plain = app.layers.map((l) => l.id).filter((id) => !filters[id]);
      const [all, ...single] = await Promise.all([
        plain.length > 0 ? app.client.counts(box, plain, mine.signal) : {},
        ...filtered.map((id) => app.client.layerCounts(id, box, filters[id] ?? {}, mine.signal)),
      ]);
      const counts: Record<string, Counts> = { ...(all as Record<string, Counts>) };
      filtered.forEach((id, i) => {
        const one = single[i];
        if (one) counts[id] = one as Counts;
      });
      app.store.set({ counts, counting: "idle", online: true });
    } catch (error) {
      if (mine.signal.aborted) return;
      const offline = error instanceof Problem && error.offline;
      app.store.set({ counting: "failed", online: !offline });
    }
  };

  const stop = app.store.listen((state, before) => {
    if (!changed(state, before)) return;
    clearTimeout(timer);
    // The first figures are not made to wait.
    timer = setTimeout(ask, Object.keys(state.counts).length === 0 ? 0 : PAUSE);
  });
  const again = setInterval(() => {
    if (document.visibilityState === "visible") void ask();
  }, AGAIN);
  return () => {
    clearInterval(again);
    stop();
    clearTimeout(timer);
    running?.abort();
  };
}

function changed(state: State, before: State): boolean {
  return (
    state.box !== before.box ||
    state.filters !== before.filters ||
    state.catalogue !== before.catalogue ||
    state.news !== before.news ||
    (state.online && !before.online)
  );
}
