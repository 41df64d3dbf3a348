import type { App } from "./app.ts";

/** Fetches the record that is selected, whenever that changes, and marks it on the map. */
export function keepRecord(app: App): () => void {
  let running: AbortController | undefined;

  const fetchIt = async () => {
    const { selection } = app.store.now;
    running?.abort();
    if (!selection) {
      app.map?.mark(null);
      return;
    }
    const mine = new AbortController();
    running = mine;
    app.store.set({ record: { is: "loading" } });
    try {
      const item = await app.client.item(selection.layer, selection.id, mine.signal);
      app.store.set({ record: { is: "here", value: item } });
      app.map?.mark(item.geometry);
    } catch (error) {
      if (mine.signal.aborted) return;
      app.store.set({ record: { is: "failed", error: error as Error } });
      app.map?.mark(null);
    }
  };

  const stop = app.store.listen((state, before) => {
    const { selection } = state;
    const same =
      selection?.layer === before.selection?.layer && selection?.id === before.selection?.id;
    if (!same || (selection && !state.record)) void fetchIt();
  });
  if (app.store.now.selection) void fetchIt();
  return () => {
    stop();
    running?.abort();
  };
}
