import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";
import { surveyOf } from "./survey.ts";

const url = inject("url");
const folder = mkdtempSync(join(tmpdir(), "onemap-resume-"));
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const PART = 8 << 20;
const PATIENT = { timeout: 30_000 };

async function bring(page: Page, path: string, area: string): Promise<void> {
  await page.locator(".bring input[type=file]").setInputFiles(path);
  await page.locator("[data-name=layer]").selectOption("shelter");
  await page.locator("[data-name=source]").fill("续传测试");
  await page.locator(".scopes input[value=area]").check();
  await page.locator(".scopes .area").fill(area);
  await page.locator("[data-act=bring]").click();
}

test("an upload outlives the page: the same file goes on where it ended, another begins anew", {
  timeout: 180_000,
}, async () => {
  const { page, context } = await open(browser, url, { hash: "import", width: 1100, height: 640 });
  page.on("dialog", (dialog) => void dialog.accept());
  const survey = await surveyOf(page, String(Date.now() % 1_000_000));
  const path = join(folder, "调查.geojson");
  const file = Buffer.concat([survey.mended, Buffer.alloc(2 * PART, " ")]);
  writeFileSync(path, file);

  // The second part never arrives: the page is left in its middle.
  let sent: string[] = [];
  let held = true;
  await context.route("**/uploads**", (route) => {
    const method = route.request().method();
    const offset = route.request().headers()["upload-offset"] ?? "";
    sent.push(`${method} ${offset}`.trim());
    if (held && method === "PATCH" && offset !== "0") return; // neither taken nor refused
    return route.continue();
  });
  await bring(page, path, survey.area);
  await expect.poll(() => sent, PATIENT).toContain(`PATCH ${PART}`);
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem("onemap.uploads")), PATIENT)
    .not.toBeNull();
  await page.reload();
  await drawn(page);
  const broken = page.locator(".bring .broken");
  await broken.waitFor();
  expect(await broken.textContent()).toContain(
    `“调查.geojson”传到 ${Math.round((100 * PART) / file.length)}% 时中断了`,
  );

  // A file of the same name and size with another content begins anew, and is given up.
  sent = [];
  const other = join(folder, "other", "调查.geojson");
  mkdirSync(join(folder, "other"));
  writeFileSync(other, Buffer.concat([Buffer.from(" "), file.subarray(0, file.length - 1)]));
  utimesSync(other, statSync(path).atime, statSync(path).mtime);
  await bring(page, other, survey.area);
  await expect.poll(() => sent, PATIENT).toContain(`PATCH ${PART}`);
  expect(sent.slice(0, 2)).toEqual(["POST", "PATCH 0"]);
  await page.locator(".bring .progress button", { hasText: "取消" }).click();
  await expect.poll(() => sent.at(-1), PATIENT).toBe("DELETE");

  // The same file goes on by itself, as what it was said to be.
  await page.reload();
  await drawn(page);
  await broken.waitFor();
  expect(await broken.count()).toBe(1);
  held = false;
  sent = [];
  await page.locator(".bring input[type=file]").setInputFiles(path);
  await page.locator(".steps").waitFor();
  expect(sent.filter((s) => s !== "HEAD")).toEqual([`PATCH ${PART}`, `PATCH ${2 * PART}`]);
  const id = Number(/import=(\d+)/.exec(page.url())?.[1]);
  const batch = await page.evaluate(
    async (n) =>
      (await (await fetch(`/batches/${n}`)).json()) as {
        file_size: number;
        layer: string;
        source: string;
        scope: string;
      },
    id,
  );
  expect(batch).toMatchObject({
    file_size: file.length,
    layer: "shelter",
    source: "续传测试",
    scope: `area:${survey.area}`,
  });

  // It is a survey now: nothing is left to go on with. What the server lacks is forgotten.
  await page.evaluate(() => {
    const gone = { upload: "0".repeat(32), name: "x", size: 1, modified: 1, mark: "", layer: "" };
    localStorage.setItem("onemap.uploads", JSON.stringify([gone]));
  });
  await page.goto(`${url}/#import`);
  await page.reload();
  await page.locator(".bring .drop").waitFor();
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem("onemap.uploads")), PATIENT)
    .toBe("[]");
  expect(await broken.count()).toBe(0);
  await context.close();
});
