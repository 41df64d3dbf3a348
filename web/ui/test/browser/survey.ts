import type { Page } from "playwright-core";

interface Feature {
  type: "Feature";
  geometry: { type: "Point"; coordinates: [number, number] } | null;
  properties: Record<string, unknown>;
}

export interface Survey {
  /** The county that the file stands for. */
  area: string;
  /** With a code that no list has and words in place of a number. */
  faulty: Buffer;
  mended: Buffer;
  added: { key: string; name: string; at: [number, number] };
  moved: string;
  changed: string;
  gone: string;
  faults: string[];
}

const FIELDS = [
  "shelter_code",
  "name",
  "status",
  "grade",
  "duration",
  "space",
  "function",
  "hazards",
  "address",
  "admin_code",
  "area_m2",
  "capacity",
  "accessible",
  "water",
  "power",
  "host",
];

/** One county's shelters as a survey that adds, moves, changes and drops one of them. */
export async function surveyOf(page: Page, mark: string): Promise<Survey> {
  const all = await page.evaluate(async () => {
    const answer = await fetch("/api/collections/shelter/items?limit=1000");
    return ((await answer.json()) as { features: Feature[] }).features;
  });
  const area = String(all[0]?.properties.admin_code).slice(0, 6);
  const there = all.filter(
    (f) =>
      f.geometry &&
      String(f.properties.admin_code).startsWith(area) &&
      !String(f.properties.shelter_code).startsWith("T-"),
  );
  const features = there.map((f): Feature => {
    const properties = Object.fromEntries(
      FIELDS.map((name): [string, unknown] => [name, f.properties[name]]).filter(
        ([, v]) => v !== null && v !== undefined,
      ),
    );
    return { type: "Feature", geometry: f.geometry, properties };
  });
  const [moved, changed, , first, second] = features;
  const gone = features.splice(2, 1)[0];
  if (!moved?.geometry || !changed || !gone || !first || !second)
    throw new Error("too few shelters");
  const [lng, lat] = moved.geometry.coordinates;
  moved.geometry = { type: "Point", coordinates: [lng + 0.004, lat + 0.003] };
  changed.properties.capacity = Number(changed.properties.capacity ?? 100) + 1;
  const at: [number, number] = [lng - 0.002, lat];
  const added = { key: `T-${mark}`, name: `新增避难场所${mark}`, at };
  features.push({
    type: "Feature",
    geometry: { type: "Point", coordinates: at },
    properties: { ...moved.properties, shelter_code: added.key, name: added.name },
  });
  const write = () => Buffer.from(JSON.stringify({ type: "FeatureCollection", features }, null, 1));
  const mended = write();
  first.properties.status = "不存在的代码";
  second.properties.capacity = "很多人";
  const key = (f: Feature) => String(f.properties.shelter_code);
  return {
    area,
    faulty: write(),
    mended,
    added,
    moved: key(moved),
    changed: key(changed),
    gone: key(gone),
    faults: [key(first), key(second)],
  };
}

/** Chooses a file on the import page, says what it is for, and has it brought and read. */
export async function bring(
  page: Page,
  name: string,
  buffer: Buffer,
  what: { area?: string; source?: string } = {},
): Promise<number> {
  await choose(page, name, buffer, what);
  await page.locator("[data-act=bring]").click();
  await page.locator(".steps").waitFor();
  return Number(/import=(\d+)/.exec(page.url())?.[1]);
}

/** Chooses a file and says what it is for: one county's part, or all of a source. */
export async function choose(
  page: Page,
  name: string,
  buffer: Buffer,
  { area = "", source = "页面测试" }: { area?: string; source?: string } = {},
): Promise<void> {
  await page
    .locator(".bring input[type=file]")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.locator("[data-name=layer]").selectOption("shelter");
  await page.locator("[data-name=source]").fill(source);
  if (!area) return;
  await page.locator(".scopes input[value=area]").check();
  await page.locator(".scopes .area").fill(area);
}

/** Runs the checks of the survey that is open, to their end. */
export async function check(page: Page): Promise<void> {
  await page.locator("[data-act=check]").click();
  await page.locator(".tally").waitFor();
}

/** What the import draws on the map just now, by its picture. */
export function marks(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const out: Record<string, number> = {};
    const seen = new Set<string>();
    for (const f of window.onemap.map?.querySourceFeatures("survey") ?? []) {
      const icon = String(f.properties.icon);
      // A thing at the edge of a tile is in its neighbour too.
      const one = `${icon} ${f.properties.key}`;
      if (!seen.has(one)) out[icon] = (out[icon] ?? 0) + 1;
      seen.add(one);
    }
    return out;
  });
}

/** Where a mark of the import lies on the screen, by its key. */
export function markAt(page: Page, key: string): Promise<{ x: number; y: number } | null> {
  return page.evaluate((wanted) => {
    const { map } = window.onemap;
    const found = map
      ?.querySourceFeatures("survey")
      .find((f) => f.geometry.type === "Point" && String(f.properties.key) === wanted);
    if (!map || found?.geometry.type !== "Point") return null;
    const { x, y } = map.project(found.geometry.coordinates as [number, number]);
    return { x, y };
  }, key);
}
