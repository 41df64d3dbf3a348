import type { Browser, Route } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";
import { check, choose, surveyOf } from "./survey.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const PART = 8 << 20;

test("an upload is paused, loses its connection and goes on where it ended; a check outlives the page", {
  timeout: 120_000,
}, async () => {
  const { page, context } = await open(browser, url, {
    hash: "import",
    width: 1100,
    height: 640,
  });
  const survey = await surveyOf(page, String(Date.now() % 1_000_000));
  const file = Buffer.concat([survey.mended, Buffer.alloc(PART, " ")]);
  await choose(page, "大文件.geojson", file, { area: survey.area });

  // The second part is held back, then lost, then let through.
  const sent: string[] = [];
  let part = async (route: Route): Promise<void> => route.continue();
  let held: () => void = () => undefined;
  await page.route("**/uploads/*", (route) => {
    const { method, offset } = {
      method: route.request().method(),
      offset: route.request().headers()["upload-offset"] ?? "",
    };
    sent.push(`${method} ${offset}`.trim());
    return method === "PATCH" && offset !== "0" ? part(route) : route.continue();
  });
  const arrived = new Promise<void>((resolve) => {
    part = (route) => {
      resolve();
      return new Promise((let_go) => {
        held = () => void route.abort().then(let_go, let_go);
      });
    };
  });
  await page.locator("[data-act=bring]").click();
  await arrived;
  const bar = page.locator(".bring .progress");
  await bar.locator("button", { hasText: "暂停" }).click();
  expect(await bar.locator("[role=status]").textContent()).toBe("已暂停");
  held();
  part = (route) => route.abort("connectionreset");
  await bar.locator("button", { hasText: "继续" }).click();
  await bar.locator("[role=status]", { hasText: "连接中断" }).waitFor();
  part = (route) => route.continue();
  await page.locator(".steps").waitFor();
  expect(sent.filter((s) => s === `PATCH ${PART}`).length).toBeGreaterThanOrEqual(3);
  expect(sent.filter((s) => s === "PATCH 0")).toHaveLength(1);
  expect(sent).toContain("HEAD");
  const id = Number(/import=(\d+)/.exec(page.url())?.[1]);
  const size = await page.evaluate(
    async (n) => ((await (await fetch(`/batches/${n}`)).json()) as { file_size: number }).file_size,
    id,
  );
  expect(size).toBe(file.length);

  // A check in its middle: the page is loaded anew, the stream breaks off and comes back.
  let done = 30;
  let broken = false;
  const state = () => ({
    batch: id,
    state: "running",
    stage: "rows",
    done,
    total: 100,
    rate: 10,
    seconds_left: 7,
    seconds: 3,
  });
  const running = async (route: Route): Promise<void> => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), check: state() } });
  };
  const events = async (route: Route): Promise<void> => {
    if (broken) return route.abort("connectionreset");
    return route.fulfill({
      contentType: "text/event-stream",
      body: `retry: 200\nid: a.${done}\nevent: progress\ndata: ${JSON.stringify(state())}\n\n`,
    });
  };
  await page.route(`**/batches/${id}`, running);
  await page.route(`**/batches/${id}/events`, events);
  await page.reload();
  await drawn(page);
  const progress = page.locator("om-import-check .progress");
  await progress.filter({ hasText: "30%" }).waitFor();
  done = 60;
  await progress.filter({ hasText: "60%" }).waitFor();
  broken = true;
  await progress.locator(".warn").waitFor();
  broken = false;
  done = 90;
  await progress.filter({ hasText: "90%" }).waitFor();
  expect(await page.locator(".decide").count()).toBe(0);

  // The server says that it has ended: what it knows is shown, and its own check is followed.
  await page.unroute(`**/batches/${id}`);
  await page.unroute(`**/batches/${id}/events`);
  await check(page);
  await page.locator(".chip[data-kind], .finding, .clean").first().waitFor();
  await context.close();
});
