import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** A record that has a position. */
async function record(layer: string): Promise<{ id: number; at: [number, number] }> {
  const answer = await fetch(`${url}/api/collections/${layer}/items?limit=50`);
  const { features } = (await answer.json()) as GeoJSON.FeatureCollection<GeoJSON.Point | null>;
  const one = features.filter((f) => f.geometry)[20];
  if (!one?.geometry) throw new Error(`no record of ${layer} has a position`);
  return { id: Number(one.id), at: one.geometry.coordinates as [number, number] };
}

/** A link to what is within some metres of a place. */
function around(at: [number, number], radius: number, layer = "enterprise"): string {
  const inputs = { shape: { type: "Circle", coordinates: at, radius }, layers: [layer] };
  return `ask=around&in=${encodeURIComponent(JSON.stringify(inputs))}`;
}

const features = (page: Page, layer: string) =>
  page.evaluate(
    (id) => window.onemap.map?.queryRenderedFeatures({ layers: [id] }).length ?? 0,
    layer,
  );

test("a circle is drawn, asked about, and answered with its records on the map", async () => {
  const { page, context, complaints } = await open(browser, url, { width: 1440, height: 900 });
  await page.click("[data-tool=ask]");
  await page.click("[data-question=around]");
  await page.click(".ask [data-draw=circle]");
  await page.waitForFunction(() => window.onemap.map?.getSource("sketch-polygon") !== undefined);
  await page.mouse.click(700, 450);
  await page.mouse.move(720, 460);
  await page.mouse.move(790, 480);
  await page.mouse.click(790, 480);
  await page.waitForFunction(
    () => Number(document.querySelector<HTMLInputElement>("[data-radius]")?.value) > 1_000,
  );
  await page.click(".ask .go");
  await page.locator(".answer").waitFor();
  await drawn(page);
  expect(await features(page, "ask/area")).toBeGreaterThan(0);
  expect(await features(page, "ask/row")).toBeGreaterThan(0);
  const said = await page.locator(".ask [role=status]").textContent();
  expect(said).toContain("范围内记录");
  expect(page.url()).toContain("ask=around&in={");
  const forms = await page.evaluate(async () => {
    const links = [...document.querySelectorAll<HTMLAnchorElement>(".answer a[data-form]")];
    const answers = await Promise.all(links.map((l) => fetch(l.href)));
    return answers.map((r) => `${r.status} ${r.headers.get("content-type")?.split(";")[0]}`);
  });
  expect(forms).toEqual([
    "200 application/geo+json",
    "200 application/geopackage+sqlite3",
    "200 application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "200 text/html",
  ]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a link asks again, a row lights its place, a place on the map its row, and Back goes back", async () => {
  const { at } = await record("enterprise");
  const { page, context } = await open(browser, url, { hash: around(at, 4_000) });
  await page.locator(".answer").waitFor();
  await drawn(page);
  const row = page.locator(".answer tr[data-row='0'][tabindex]");
  await row.hover();
  await page.waitForFunction(
    () => (window.onemap.map?.queryRenderedFeatures({ layers: ["hover/point"] }).length ?? 0) > 0,
  );
  await row.click();
  await page.waitForFunction(
    () => (window.onemap.map?.queryRenderedFeatures({ layers: ["mark/ring"] }).length ?? 0) > 0,
  );
  await drawn(page);
  const spot = await page.evaluate(() => {
    const map = window.onemap.map;
    const f = map
      ?.queryRenderedFeatures({ layers: ["ask/row"] })
      .find((g) => g.properties.label === "1" && g.geometry.type === "Point");
    if (!map || f?.geometry.type !== "Point") return null;
    const { x, y } = map.project(f.geometry.coordinates as [number, number]);
    return { x, y };
  });
  expect(spot).not.toBeNull();
  if (spot) await page.mouse.click(spot.x, spot.y);
  await page.locator(".answer tr[data-row='0'][aria-selected=true]").waitFor();
  await row.locator(".open").click();
  await page.locator("om-record .side h2").waitFor();
  expect(await page.locator(".ask").isVisible()).toBe(false);
  await page.locator("om-record .side [aria-label=关闭]").click();
  await page.locator(".ask .answer").waitFor();
  await page.click(".ask [data-act=back]");
  await page.locator(".questions").waitFor();
  await page.goBack();
  await page.locator(".answer").waitFor();
  await context.close();
});

test("all is asked by keyboard: a typed position in metres, Enter, Escape", async () => {
  const { page, context, complaints } = await open(browser, url, { hash: "ask&xy=gk120&lang=en" });
  await page.locator("[data-question=around]").focus();
  await page.keyboard.press("Enter");
  await page.locator("#ask-shape").focus();
  await page.keyboard.type("X 3539983.9 Y 584496.7");
  await page.keyboard.press("Tab");
  await page.keyboard.type("25000");
  await page.keyboard.press("Enter");
  await page.locator(".answer").waitFor();
  expect(await page.locator(".ask [role=status]").textContent()).toMatch(/^Answered: Records/);
  const shape = await page.evaluate(() => window.onemap.app.store.now.asking?.inputs?.shape);
  expect(shape).toMatchObject({ type: "Circle", radius: 25_000 });
  await page.locator(".answer tr[data-row='0'][tabindex]").focus();
  await page.keyboard.press("Enter");
  await page.locator(".answer tr[aria-selected=true]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".questions").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("what is wrong stands at its input: here, and in the server's own words", async () => {
  const { page, context } = await open(browser, url, { hash: "ask=around" });
  await page.click(".ask .go");
  expect(await page.locator("[data-input=shape] .bad").textContent()).toContain("坐标");
  await page.fill("#ask-radius", "400000");
  await page.fill("#ask-shape", "120.8, 31.9");
  await page.fill("[data-radius]", "10");
  await page.click(".ask .go");
  expect(await page.locator("[data-input=radius] .bad").textContent()).toContain("0–300,000");
  await page.fill("#ask-radius", "");
  await page.fill("[data-radius]", "9000000");
  await page.click(".ask .go");
  await page.locator("[data-input=shape] .bad:not([hidden])").waitFor();
  expect(await page.locator("#ask-shape").getAttribute("aria-invalid")).toBe("true");
  await context.close();
});

test("a record is what a question is about", async () => {
  const { id, at } = await record("shelter");
  const { page, context } = await open(browser, url, { hash: `sel=shelter/${id}` });
  await page.click(".side [data-act=ask]");
  await page.locator(".subject").waitFor();
  await page.click("[data-question=around]");
  const text = await page.inputValue("#ask-shape");
  const [lng, lat] = text.split(",").map(Number);
  expect(lng).toBeCloseTo(at[0], 5);
  expect(lat).toBeCloseTo(at[1], 5);
  await context.close();
});

test("an answer that takes long shows how far it is and can be given up", async () => {
  const dismissed: string[] = [];
  const job = { jobID: "slow", status: "running", progress: 40, message: "" };
  const { page, context } = await open(browser, url, {
    hash: "ask=around",
    before: async (p) => {
      await p.route("**/api/processes/around/execution", (r) =>
        r.fulfill({ status: 201, json: job }),
      );
      await p.route("**/api/jobs/slow**", (r) => {
        if (r.request().method() === "DELETE") dismissed.push(r.request().url());
        return r.fulfill({
          json: { ...job, status: dismissed.length > 0 ? "dismissed" : "running" },
        });
      });
    },
  });
  await page.fill("#ask-shape", "120.8, 31.9");
  await page.fill("[data-radius]", "3000");
  await page.click(".ask .go");
  await page.locator(".asking progress[value='40']").waitFor();
  await page.click(".ask [data-act=cancel]");
  await page.locator(".asking").waitFor({ state: "detached" });
  await page.locator("#ask-shape").waitFor();
  expect(dismissed).toHaveLength(1);
  await context.close();
});

test("on a phone the questions share the sheet", async () => {
  const { page, context } = await open(browser, url, { width: 390, height: 844, touch: true });
  await page.click("[data-tool=more]");
  await page.click("[data-tool=ask]");
  await page.click("[data-question=around]");
  await page.locator(".sheet.full #ask-shape").waitFor();
  await page.fill("#ask-shape", "120.894, 31.98");
  await page.fill("[data-radius]", "5000");
  await page.click(".ask .go");
  await page.locator(".sheet .answer .figures").waitFor();
  await context.close();
});

test("a scenario is made on the map, asked in, compared on two linked maps, and deleted", async () => {
  const { at } = await record("shelter");
  const name = `情景 ${Date.now()}`;
  const { page, context, complaints } = await open(browser, url, {
    hash: around(at, 3_000, "shelter"),
  });
  await page.locator(".answer").waitFor();
  await page.selectOption("#ask-scenario", "+");
  await page.fill("#plan-name", name);
  await page.click("[data-plan=add]");
  await page.fill(".plan form input", `${at[0] + 0.005}, ${at[1] + 0.005}`);
  await page.keyboard.press("Enter");
  await page.locator(".changes li").waitFor();
  await page.click(".plan .go");
  await page.locator(".answer").waitFor();
  await page.click("[data-act=compare]");
  await page.locator("#map-base canvas").waitFor();
  await page.locator("[data-figure=members] dd").waitFor();
  expect(await page.locator("[data-figure=members] dd").textContent()).toBe("1");
  await page.waitForFunction(() => window.onemap.map?.getSource("ask-rows") !== undefined);
  // What moves one moves the other.
  const titles = await page.evaluate(() => [
    document.getElementById("map-base")?.dataset.title,
    document.getElementById("map")?.dataset.title,
  ]);
  expect(titles).toEqual(["现状", name]);
  const before = await page.evaluate(() => window.onemap.map?.getCenter().lng ?? 0);
  await page.locator("#map-base canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((lng) => (window.onemap.map?.getCenter().lng ?? 0) > lng, before);
  expect(page.url()).toContain("compare=1");
  await page.reload();
  await page.locator("#map-base canvas").waitFor();
  await page.click("[data-act=compare]");
  await page.locator("#map-base").waitFor({ state: "detached" });
  await page.locator(".answer").waitFor();
  await page.click("[data-act=unsave]");
  await page.click("[data-act=unsave]");
  await page.waitForFunction(() => window.onemap.app.store.now.asking?.scenario === null);
  expect(complaints).toEqual([]);
  await context.close();
}, 120_000);
