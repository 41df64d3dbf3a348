import type { App } from "./app.ts";
import { apply, byDefault } from "./boot.ts";
import type { State } from "./state.ts";
import { read, write } from "./url.ts";

/**
 * Keeps the address in step with the state. Moving the map replaces the entry, choosing
 * something makes a new one, so that Back undoes choices and not every pan.
 */
export function keepAddress(app: App): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = window.location.hash.slice(1);
  let restoring = false;

  const put = (anew: boolean) => {
    const next = write(app.store.now, byDefault(app));
    if (next === written) return;
    written = next;
    const url = `${window.location.pathname}${window.location.search}#${next}`;
    if (anew) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  };

  // One act may change several things; it makes one entry.
  let push = false;
  const stop = app.store.listen((state, before) => {
    if (!state.page || restoring) return;
    clearTimeout(timer);
    if (chosen(state, before)) {
      if (!push)
        queueMicrotask(() => {
          push = false;
          put(true);
        });
      push = true;
    } else timer = setTimeout(() => put(false), 200);
  });

  const back = () => {
    const { page } = app.store.now;
    if (!page || window.location.hash.slice(1) === written) return;
    written = window.location.hash.slice(1);
    restoring = true;
    const place = read(window.location.hash);
    apply(app, place);
    if (place.view) app.map?.camera.jump(place.view);
    restoring = false;
  };
  window.addEventListener("popstate", back);
  window.addEventListener("hashchange", back);
  return () => {
    stop();
    clearTimeout(timer);
    window.removeEventListener("popstate", back);
    window.removeEventListener("hashchange", back);
  };
}

function chosen(state: State, before: State): boolean {
  if (!before.page) return false;
  return (
    state.selection !== before.selection ||
    state.importing?.batch !== before.importing?.batch ||
    state.asking !== before.asking ||
    state.on !== before.on ||
    state.filters !== before.filters ||
    state.lang !== before.lang
  );
}
