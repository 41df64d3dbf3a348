import type { Catalogue } from "../api/types.ts";
import { setLang, t } from "../i18n/t.ts";
import type { App } from "./app.ts";
import { type Place, read } from "./url.ts";

/** Reads what the page is about and lays the address over it. */
export async function load(app: App): Promise<void> {
  app.store.set({ catalogue: { is: "loading" } });
  try {
    const [page, catalogue] = await Promise.all([app.client.page(), app.client.catalogue()]);
    app.store.set({ page, catalogue: { is: "here", value: tidy(catalogue) } });
    apply(app, read(window.location.hash));
  } catch (error) {
    app.store.set({ catalogue: { is: "failed", error: error as Error } });
  }
}

/** Puts a place from the address into the state; for the first time and for back and forward. */
export function apply(app: App, place: Place): void {
  const known = new Set(app.layers.map((l) => l.id));
  const on = (place.on ?? byDefault(app)).filter((id) => known.has(id));
  const filtered = app.store.now.page?.archive ? {} : place.filters; // an archive can't be
  const filters = Object.fromEntries(Object.entries(filtered).filter(([id]) => known.has(id)));
  const lang = place.lang ?? "zh";
  const selection = place.selection && known.has(place.selection.layer) ? place.selection : null;
  setLang(lang);
  document.title = t("title");
  app.store.set({
    view: place.view ?? app.store.now.view,
    on: new Set(on),
    filters,
    selection,
    importing: place.importing,
    asking: place.importing ? null : place.asking,
    ...(selection ? {} : { record: null }),
    lang,
    system: place.system ?? "degrees",
    basemap: place.basemap,
    grey: place.grey,
  });
}

/** The layers that are on when the address says nothing. */
export function byDefault(app: App): string[] {
  return app.layers.filter((l) => l.visible).map((l) => l.id);
}

// A server may leave out what is empty.
function tidy(catalogue: Catalogue): Catalogue {
  return {
    groups: catalogue.groups ?? [],
    layers: (catalogue.layers ?? []).map((l) => ({
      ...l,
      fields: l.fields ?? [],
      legend: l.legend ?? [],
      codelists: l.codelists ?? {},
    })),
  };
}
