import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
  });
}

export interface Open {
  page: Page;
  context: BrowserContext;
  /** Everything the page complained about on its console, and requests that went astray. */
  complaints: string[];
}

export interface Options {
  width?: number;
  height?: number;
  hash?: string;
  search?: string;
  /** All layers as declared; else only a few, which a software renderer draws sooner. */
  all?: boolean;
  touch?: boolean;
  before?: (page: Page) => Promise<void>;
}

/** Opens the page in a window of the given size and waits until the map has drawn. */
export async function open(browser: Browser, url: string, o: Options = {}): Promise<Open> {
  const context = await browser.newContext({
    viewport: { width: o.width ?? 1280, height: o.height ?? 720 },
    hasTouch: o.touch ?? false,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      // Software rendering is slow at reading pixels back, and says so.
      if (!/GL Driver Message|GPU stall/.test(message.text())) complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(url).origin) {
      complaints.push(`asked another server: ${request.url()}`);
    }
  });
  await o.before?.(page);
  const few = o.all ? "" : "on=admin_unit,enterprise,shelter";
  const hash = [few, o.hash ?? ""].filter((part) => part !== "").join("&");
  await page.goto(`${url}/${o.search ?? ""}#${hash}`);
  await drawn(page);
  return { page, context, complaints };
}

/** Waits until the map stands still with all its tiles. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => window.onemap?.map !== null && window.onemap !== undefined);
  await page.evaluate(() => window.onemap.ready);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const { map } = window.onemap;
        if (!map || (map.loaded() && map.areTilesLoaded() && !map.isMoving())) resolve();
        else map.once("idle", () => resolve());
      }),
  );
}

/** How many things of a layer are drawn just now, gathered ones by their number. */
export function rendered(page: Page, layer: string): Promise<{ things: number; records: number }> {
  return page.evaluate((id) => {
    const map = window.onemap.map;
    if (!map) return { things: 0, records: 0 };
    const layers = map
      .getStyle()
      .layers.map((l) => l.id)
      .filter((l) => l.split("/")[0] === id);
    const seen = new Map<unknown, number>();
    for (const f of map.queryRenderedFeatures({ layers })) {
      seen.set(f.id, Number(f.properties.point_count ?? 1));
    }
    return { things: seen.size, records: [...seen.values()].reduce((a, b) => a + b, 0) };
  }, layer);
}

type Spot = { x: number; y: number; id: number; name: string } | null;

/** Where a record of a layer that is drawn for itself lies on the screen, free of panels. */
function spot(page: Page, layer: string): Promise<Spot> {
  return page.evaluate((id) => {
    const { map, app } = window.onemap;
    if (!map) return null;
    const label = app.layer(id)?.label ?? "name";
    const width = map.getContainer().clientWidth;
    const height = map.getContainer().clientHeight;
    const layers = [`${id}/symbol`].filter((l) => map.getLayer(l));
    for (const f of map.queryRenderedFeatures({ layers })) {
      if (f.geometry.type !== "Point" || f.properties.cluster) continue;
      const at = map.project(f.geometry.coordinates as [number, number]);
      if (at.x < 380 || at.x > width - 460 || at.y < 60 || at.y > height - 120) continue;
      const around = map.queryRenderedFeatures([
        [at.x - 7, at.y - 7],
        [at.x + 7, at.y + 7],
      ]);
      const points = new Set(
        around
          .filter((g) => g.geometry.type === "Point" && app.layer(g.source))
          .map((g) => `${g.source}/${g.id}`),
      );
      if (points.size === 1) {
        return { x: at.x, y: at.y, id: Number(f.id), name: String(f.properties[label] ?? "") };
      }
    }
    return null;
  }, layer);
}

/** A record of a layer with its position: the nth of the first hundred that have one. */
export function placed(
  page: Page,
  layer: string,
  nth = 20,
): Promise<{ id: number; at: [number, number] }> {
  return page.evaluate(
    async ([id, n]) => {
      const answer = await fetch(`/api/collections/${id}/items?limit=100`);
      const { features } = (await answer.json()) as {
        features: { id: number; geometry: { coordinates: unknown } | null }[];
      };
      const there = features.filter((f) => f.geometry);
      const one = there[Number(n) % there.length];
      let at: unknown = one?.geometry?.coordinates;
      while (Array.isArray(at) && Array.isArray(at[0])) at = at[0];
      if (!one || !Array.isArray(at)) throw new Error(`no record of ${id} has a position`);
      return { id: one.id, at: [Number(at[0]), Number(at[1])] };
    },
    [layer, nth] as const,
  );
}

/** Goes where a record of a layer stands by itself, and tells where on the screen that is. */
export async function alone(page: Page, layer: string): Promise<NonNullable<Spot>> {
  for (let n = 0; n < 20; n++) {
    const { at } = await placed(page, layer, n * 4);
    await go(page, at, 16, [0, 40]);
    const found = await spot(page, layer);
    if (found) return found;
  }
  throw new Error(`no record of ${layer} stands by itself`);
}

/** Jumps to a place, at an offset in px from the middle of the map, and waits for it. */
export async function go(
  page: Page,
  at: [number, number],
  zoom: number,
  offset: [number, number] = [0, 0],
): Promise<{ x: number; y: number }> {
  await page.evaluate(
    ([lngLat, z, by]) => {
      const { map } = window.onemap;
      map?.jumpTo({ center: lngLat as [number, number], zoom: z as number });
      const [dx, dy] = by as [number, number];
      map?.panBy([-dx, -dy], { duration: 0 });
    },
    [at, zoom, offset] as const,
  );
  await drawn(page);
  return page.evaluate((p) => {
    const { x, y } = window.onemap.map?.project(p) ?? { x: 0, y: 0 };
    return { x, y };
  }, at);
}
