import { Client, type Filters } from "../api/client.ts";
import type { Catalogue, Counts, Hit, Lang, LayerInfo, LngLat } from "../api/types.ts";
import type { System } from "../format/angle.ts";
import { say, setLang, t } from "../i18n/t.ts";
import type { MapView } from "../map/view.ts";
import {
  type Asking,
  type Choice,
  type Importing,
  type Selection,
  Store,
  type Table,
} from "./state.ts";

/** Everything the page can do. Parts of the page call these and read the store. */
export class App {
  readonly store = new Store();
  readonly client: Client;
  map: MapView | null = null;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client = new Client()) {
    this.client = client;
  }

  get catalogue(): Catalogue | null {
    const { catalogue } = this.store.now;
    return catalogue.is === "here" ? catalogue.value : null;
  }

  get layers(): readonly LayerInfo[] {
    return this.catalogue?.layers ?? [];
  }

  layer(id: string): LayerInfo | undefined {
    return this.layers.find((l) => l.id === id);
  }

  counts(id: string): Counts | undefined {
    return this.store.now.counts[id];
  }

  filtersOf(id: string): Filters {
    return this.store.now.filters[id] ?? {};
  }

  switchLayer(id: string, on: boolean): void {
    const next = new Set(this.store.now.on);
    if (on) next.add(id);
    else next.delete(id);
    this.store.set({ on: next });
  }

  openLayer(id: string | null): void {
    this.store.set({ opened: id });
  }

  /** Sets one filter of a layer, or takes it away with an empty value. */
  filter(id: string, field: string, value: string): void {
    const { [field]: _, ...rest } = this.filtersOf(id);
    this.setFilters(id, value === "" ? rest : { ...rest, [field]: value });
  }

  setFilters(id: string, filters: Filters): void {
    const archive = this.store.now.page?.archive;
    if (archive) {
      this.say(say(archive.notice)); // an archive can't be filtered
      return;
    }
    const { [id]: _, ...others } = this.store.now.filters;
    const empty = Object.keys(filters).length === 0;
    this.store.set({ filters: empty ? others : { ...others, [id]: filters } });
  }

  /** Opens a record; the map keeps still unless the record would be out of sight. */
  select(selection: Selection | null): void {
    this.store.set({ selection, choices: [], ...(selection ? {} : { record: null }) });
  }

  choose(choices: readonly Choice[]): void {
    this.store.set({ choices, selection: null, record: null });
  }

  /** Goes to what a search found and opens it, with its layer switched on. */
  goTo(hit: Hit): void {
    this.switchLayer(hit.layer, true);
    this.select({ layer: hit.layer, id: hit.id });
    if (hit.bbox && extended(hit.bbox)) this.map?.camera.fit(hit.bbox);
    else if (hit.point) this.map?.camera.fly(hit.point, hit.zoom ?? 15);
  }

  goToPoint(point: LngLat): void {
    this.map?.camera.fly(point, Math.max(14, this.store.now.view?.zoom ?? 14));
  }

  showTable(table: Table | null): void {
    this.store.set({ table });
  }

  setLang(lang: Lang): void {
    setLang(lang);
    document.title = t("title");
    this.store.set({ lang });
  }

  setSystem(system: System): void {
    this.store.set({ system });
  }

  /** Opens the import page at its list or at one survey, or closes it. */
  openImport(importing: Importing | null): void {
    this.store.set({
      importing,
      ...(importing
        ? { table: null, tool: "none", path: [], selection: null, choices: [], asking: null }
        : {}),
    });
  }

  /** Opens the questions: their list, one to be filled in, or one that is asked; null closes. */
  ask(asking: Partial<Asking> | null): void {
    const none: Asking = { question: null, inputs: null, scenario: null, compare: false };
    this.store.set({
      asking: asking ? { ...none, ...asking } : null,
      ...(asking
        ? {
            table: null,
            tool: "none",
            path: [],
            selection: null,
            record: null,
            choices: [],
            importing: null,
          }
        : {}),
    });
  }

  /** Asks about a record: where a question takes a place or an area, it is offered that. */
  askAbout(title: string, geometry: GeoJSON.Geometry | null): void {
    if (!geometry) return;
    const { asking, selection } = this.store.now;
    this.store.set({
      subject: { title, geometry, record: selection },
      selection: null,
      record: null,
      choices: [],
    });
    if (!asking) this.ask({});
  }

  measure(on: boolean): void {
    this.store.set({ tool: on ? "measure" : "none", path: [] });
  }

  /** Says something briefly; the text is announced to screen readers too. */
  say(text: string, kind: "info" | "error" = "info"): void {
    clearTimeout(this.noticeTimer);
    this.store.set({ notice: { text, kind } });
    this.noticeTimer = setTimeout(() => this.store.set({ notice: null }), 4_000);
  }

  async copyLink(done: string): Promise<void> {
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
      this.say(done);
    } catch {
      // Without a secure context there is no clipboard: show the link to copy by hand.
      this.say(link);
    }
  }
}

function extended([w, s, e, n]: [number, number, number, number]): boolean {
  return e - w > 1e-4 || n - s > 1e-4;
}
