import type { StyleSpecification } from "maplibre-gl";
import { keepAddress } from "./app/address.ts";
import { App } from "./app/app.ts";
import { load } from "./app/boot.ts";
import { keepCounts } from "./app/counting.ts";
import { keepRecord } from "./app/reading.ts";
import { keepScreen } from "./app/screen.ts";
import { MapView } from "./map/view.ts";
import { OnePage } from "./ui/page.ts";
import "./styles/index.css";

const app = new App();
keepScreen(app);

const page = new OnePage();
page.app = app;
document.body.querySelector("om-app")?.replaceWith(page);

/** What the browser tests look at: the map, and when it has drawn for the first time. */
declare global {
  interface Window {
    onemap: { map: MapView["map"] | null; app: App; ready: Promise<void> };
  }
}

async function start(): Promise<void> {
  const style = app.client.style() as Promise<StyleSpecification>;
  style.catch(() => undefined);
  await Promise.all([load(app), page.updateComplete]);
  // After a failure the banner offers to load again; then this goes on.
  const { page: city } = await loaded();
  const container = document.getElementById("map");
  if (!city || !container) return;
  keepAddress(app);
  keepRecord(app);
  try {
    const server = await style.catch(() => app.client.style() as Promise<StyleSpecification>);
    app.map = new MapView(app, container, city, server);
  } catch (error) {
    console.warn(error);
    app.store.set({ mapFailed: true, box: city.city.bounds });
    keepCounts(app);
    return;
  }
  window.onemap.map = app.map.map;
  keepCounts(app);
  await app.map.ready;
  app.store.set({ box: app.map.camera.box() });
}

function loaded(): Promise<App["store"]["now"]> {
  if (app.store.now.page) return Promise.resolve(app.store.now);
  return new Promise((resolve) => {
    const stop = app.store.listen((state) => {
      if (!state.page) return;
      stop();
      resolve(state);
    });
  });
}

window.onemap = { map: null, app, ready: Promise.resolve() };
window.onemap.ready = start();
