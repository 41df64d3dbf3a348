import "maplibre-gl/dist/maplibre-gl.css";
import {
  Map as Maplibre,
  prewarm,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Page } from "../api/types.ts";
import type { App } from "../app/app.ts";
import type { State, View } from "../app/state.ts";
import { groundLayers, groundSources } from "../ground/ground.ts";
import { t } from "../i18n/t.ts";
import { showBasemap } from "./basemap.ts";
import { Camera, calm } from "./camera.ts";
import { Images } from "./images.ts";
import { followChanges } from "./live.ts";
import { addMarks, setMark, setMeasure } from "./marks.ts";
import { DAY, NIGHT } from "./palette.ts";
import { layerOf } from "./pick.ts";
import { type Over, Pointer } from "./pointer.ts";
import { reach } from "./reach.ts";
import { adapt, kindOf, tilesOf } from "./style.ts";

// A plain build leaves MapLibre's worker out; as a file of ours it needs no blob: in the policy.
setWorkerUrl(new URL(workerUrl, window.location.href).href);
// Its workers start while the first answers are on their way.
prewarm();

/** The map: it draws the state of the page and tells where it was moved. */
export class MapView {
  readonly map: Maplibre;
  readonly ready: Promise<void>;
  readonly camera: Camera;
  /** What lies over the records while it is there. */
  over: Over | null = null;
  private readonly app: App;
  private readonly server: StyleSpecification;
  private readonly page: Page;

  constructor(app: App, container: HTMLElement, page: Page, server: StyleSpecification) {
    this.app = app;
    this.page = page;
    this.server = server;
    const view = app.store.now.view ?? {
      lng: page.city.center[0],
      lat: page.city.center[1],
      zoom: page.city.zoom,
    };
    this.map = new Maplibre({
      container,
      style: this.style(app.store.now),
      center: [view.lng, view.lat],
      zoom: view.zoom,
      minZoom: 6.5,
      maxZoom: 19,
      maxBounds: reach(page.city.bounds),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: calm() ? 0 : 120,
      cancelPendingTileRequestsWhileZooming: true,
      // A tile out of sight may change unseen: it is asked for again, which costs little
      // while it has not.
      maxTileCacheSize: 0,
    });
    followChanges(app, this.map);
    this.camera = new Camera(this.map, page.city.bounds);
    if (!app.store.now.view) this.camera.home(false);
    this.describe();
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    new Images(this.map, (id) => app.layer(id));
    this.ready = new Promise((resolve) => {
      this.map.once("load", () => {
        addMarks(this.map);
        this.remark();
        this.remember();
        new Pointer(app, this);
        if (app.store.now.basemap) void this.base();
        resolve();
      });
    });
    this.map.on("moveend", () => this.remember());
    this.map.on("resize", () => this.remember());
    this.map.on("error", (event) => this.failed(event.error));
    this.map.on("sourcedata", (event) => {
      if (event.isSourceLoaded && app.store.now.tilesFailed) app.store.set({ tilesFailed: false });
    });
    app.store.listen((state, before) => void this.ready.then(() => this.follow(state, before)));
  }

  /** The style as it is now, for another map of the same look. */
  look(): StyleSpecification {
    return this.style(this.app.store.now);
  }

  private style(state: State): StyleSpecification {
    const palette = state.wall ? NIGHT : DAY;
    return adapt(this.server, {
      layers: this.app.layers,
      lang: state.lang,
      palette,
      on: state.on,
      filters: state.filters,
      city: this.page.city.title.zh,
      origin: window.location.origin,
      scale: state.wall ? (window.innerWidth >= 3_000 ? 1.6 : 1.2) : 1,
      ground: { sources: groundSources(), layers: groundLayers(palette) },
    });
  }

  private follow(state: State, before: State): void {
    if (state.lang !== before.lang || state.wall !== before.wall) this.restyle();
    else {
      if (state.on !== before.on) this.showLayers(state);
      if (state.filters !== before.filters) this.filter(state, before);
    }
    if (state.basemap !== before.basemap) void this.base();
    if (state.path !== before.path) setMeasure(this.map, state.path);
    if (state.panel !== before.panel) {
      requestAnimationFrame(() => this.remember());
    }
  }

  /** Draws anew with all that changed; MapLibre takes over what stayed the same. */
  restyle(): void {
    this.map.setStyle(this.style(this.app.store.now), { diff: true });
    this.describe();
    addMarks(this.map);
    this.remark();
    void this.base();
  }

  private describe(): void {
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", t("map"));
    canvas.setAttribute("aria-description", t("map.help"));
  }

  private remark(): void {
    const { record, path } = this.app.store.now;
    this.mark(record?.is === "here" ? record.value.geometry : null);
    setMeasure(this.map, path);
  }

  private showLayers({ on }: State): void {
    for (const { id } of this.map.getStyle().layers) {
      const layer = layerOf(id);
      if (!this.app.layer(layer) || (layer === "admin_unit" && kindOf(id) === "fill")) continue;
      this.map.setLayoutProperty(id, "visibility", on.has(layer) ? "visible" : "none");
    }
  }

  private filter(state: State, before: State): void {
    for (const { id } of this.app.layers) {
      if (state.filters[id] === before.filters[id]) continue;
      const source = this.map.getSource(id) as VectorTileSource | undefined;
      source?.setTiles([tilesOf(id, state.filters[id] ?? {}, window.location.origin)]);
    }
  }

  private async base(): Promise<void> {
    const { basemap, page } = this.app.store.now;
    const base = page?.basemaps.find((b) => b.id === basemap);
    await showBasemap(this.map, base ?? null);
  }

  private failed(cause: unknown): void {
    const error = cause as { name?: string; status?: number };
    // A tile that is not there is no failure; one that the server could not make is.
    if (error?.name === "AbortError") return;
    if (error?.status === 404 || error?.status === 204) return;
    this.app.store.set({ tilesFailed: true });
  }

  // Where the map is, and the part of it that no panel covers.
  private remember(): void {
    const { lng, lat } = this.map.getCenter();
    const view: View = { lng, lat, zoom: this.map.getZoom() };
    this.app.store.set({ view, box: this.camera.box() });
    // The cross that Enter opens at stands in the middle of what is free.
    const [x, y] = this.camera.middle();
    const { style } = this.map.getContainer();
    style.setProperty("--cross-x", `${x}px`);
    style.setProperty("--cross-y", `${y}px`);
  }

  /** Marks the selected record in the accent colour. */
  mark(geometry: GeoJSON.Geometry | null): void {
    setMark(this.map, "mark", geometry);
  }

  /** Lights what the pointer, or a row of a list, is at. */
  light(geometry: GeoJSON.Geometry | null): void {
    setMark(this.map, "hover", geometry);
  }
}
