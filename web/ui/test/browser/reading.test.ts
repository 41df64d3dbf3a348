import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawn, launch, open } from "./browser.ts";
import { workbook } from "./files.ts";
import { bring, check, markAt, marks } from "./survey.ts";

const url = inject("url");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const PATIENT = { timeout: 20_000 };
const mark = String(Date.now() % 1_000_000);

/** What the server keeps of a survey. */
function kept(page: Page, id: number) {
  return page.evaluate(async (n) => {
    const answer = await fetch(`/batches/${n}`);
    return (await answer.json()) as {
      state: string;
      options: Record<string, unknown>;
      reading: { encoding: string; columns: { name: string; field?: string; samples: string[] }[] };
    };
  }, id);
}

const rows = Array.from({ length: 12 }, (_, i) => [
  `W${mark}-${i}`,
  `工作簿避难场所${i}`,
  i === 4 ? "特特级" : "county",
  i === 6 ? "说不清" : String(100 + i),
  (121.0212345 + i * 0.0041234).toFixed(7),
  (32.0512345 + i * 0.0031234).toFixed(7),
]);
// Headings that nobody has matched before.
const called = `叫什么${mark}`;
const table = [["编号", called, "等级", "容纳人数", "经度", "纬度"], ...rows];

test("a workbook: sheet, positions and columns are said by hand, faulty rows left out", {
  timeout: 120_000,
}, async () => {
  const { page, context, complaints } = await open(browser, url, {
    hash: "import&lang=en",
    width: 1100,
    height: 640,
  });
  const file = workbook({
    填表说明: [["请逐行填写"], ["不要合并单元格"]],
    通州: table,
    备份: table.slice(0, 3),
  });
  const id = await bring(page, `两张表${mark}.xlsx`, file, { source: `页面${mark}` });

  // Several sheets: none is taken without asking.
  const parts = page.locator(".choice label");
  expect(await parts.count()).toBe(3);
  expect(await parts.first().textContent()).toContain("explains the table");
  await page.locator(".choice label", { hasText: "通州" }).click();
  await page.locator(".apply .main").click();

  // Two readings fit: each stands on the map, record by record, and one is taken.
  const question = page.locator(".position.ask");
  await question.waitFor();
  await expect
    .poll(
      async () => Object.keys(await marks(page)).filter((k) => /candidate/.test(k)).length,
      PATIENT,
    )
    .toBeGreaterThan(1);
  const letters = await page.locator(".candidate").count();
  await expect
    .poll(() => page.evaluate(() => window.onemap.map?.getZoom() ?? 0))
    .toBeGreaterThan(12);
  const row = page.locator(".examples [role=status]");
  const first = await row.textContent();
  await page.locator(".examples button").last().click();
  expect(await row.textContent()).not.toBe(first);
  await page.locator(".candidate input").nth(1).check();
  await expect.poll(async () => (await marks(page))["survey-candidate-0"], PATIENT).toBeUndefined();
  expect((await marks(page))["survey-candidate-1"]).toBeGreaterThan(0);
  expect(letters).toBeGreaterThan(1);
  expect(await page.locator("[data-act=check]").count()).toBe(0);
  await page.locator(".candidate input").first().check();
  await page.locator(".candidate .main").click();
  await question.waitFor({ state: "detached" });

  // A column that nothing is called like is given a field, one is left out, one value is fixed.
  expect(await page.locator(".lack").textContent()).toContain("Name");
  await page.getByLabel(`${called}: Field`).selectOption("name");
  await page.locator(".lack").waitFor({ state: "detached" });
  await page.getByLabel("容纳人数: Field").selectOption("");
  await page.locator(".fixed > select").selectOption("status");
  await page.getByLabel("Fixed value of State").selectOption("ready");
  await page.locator(".apply .main").click();
  await page.locator(".apply").waitFor({ state: "detached" });
  const said = await kept(page, id);
  expect(said.options).toMatchObject({
    part: "通州",
    columns: { name: called, capacity: "" },
    values: { status: "ready" },
    placing: { shift: "none" },
  });
  const field = (name: string) => said.reading.columns.find((c) => c.name === name)?.field ?? "";
  expect([field(called), field("容纳人数"), field("等级")]).toEqual(["name", "", "grade"]);

  // What was found: by rule, one by one with the keyboard, and from the map.
  await check(page);
  const list = page.locator(".finding");
  await list.first().waitFor();
  const all = await list.count();
  await page.locator(".groups [data-rule=V2]").click();
  await expect.poll(() => list.count()).toBe(1);
  expect(all).toBeGreaterThan(1);
  expect(await list.first().textContent()).toContain("特特级");
  await page.locator(".list").focus();
  await page.keyboard.press("ArrowDown");
  await page.locator(".detail").waitFor();
  expect(await page.locator(".step-of [role=status]").textContent()).toBe("1 of 1");
  await page.locator(".filters-row .text").click();
  await expect.poll(() => list.count()).toBe(all);
  const number = (await list.filter({ hasText: "特特级" }).getAttribute("id"))?.split("-")[1] ?? "";
  await expect.poll(() => markAt(page, number), PATIENT).not.toBeNull();
  await drawn(page);
  const at = await markAt(page, number);
  expect(await page.locator(".finding.on").count()).toBe(0);
  await page.mouse.click(at?.x ?? 0, at?.y ?? 0);
  await page.locator(`#finding-${number}.on`).waitFor();
  expect(await page.locator(".detail").textContent()).toContain("特特级");

  // The table comes back marked, and every file of the report is there.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".reports a").first().click(),
  ]);
  expect(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  const statuses = await page.evaluate(async () =>
    Promise.all(
      [...document.querySelectorAll<HTMLAnchorElement>(".reports a")].map(
        async (a) => (await fetch(a.href)).status,
      ),
    ),
  );
  expect(statuses).toEqual(Array(5).fill(200));

  // Without the faulty row it can be published; taken back, nothing of it is left.
  expect(await page.locator("[data-act=self_checked]").isDisabled()).toBe(true);
  const skip = page.locator(".decide .tick");
  expect(await skip.textContent()).toContain("the 1 faulty record");
  await skip.locator("input").check();
  await page.locator("[data-act=self_checked]:enabled").waitFor();
  for (const to of ["self_checked", "city_checked", "accepted"]) {
    await page.locator(`[data-act=${to}]`).click();
    await page.locator(`[data-act=${to}]`).waitFor({ state: "detached" });
  }
  await page.locator("[data-act=published]").click();
  expect(await page.locator(".question-of").textContent()).toMatch(
    /11 records will be added.*1 faulty record is left out/s,
  );
  await page.keyboard.press("Escape");
  await page.locator(".question-of").waitFor({ state: "detached" });
  await page.locator("[data-act=published]").click();
  await page.locator("[data-act=yes]").click();
  await page.locator("[data-act=withdraw]").waitFor();
  const published = () =>
    page.evaluate(
      async (codes) => {
        const found = codes.map((c) => fetch(`/api/collections/shelter/items?shelter_code=${c}`));
        const pages = await Promise.all(found.map(async (f) => (await f).json()));
        return pages.reduce((sum, p) => sum + (p as { features: unknown[] }).features.length, 0);
      },
      rows.map((r) => r[0]),
    );
  expect(await published()).toBe(11);
  await page.locator("[data-act=withdraw]").click();
  expect(await page.locator(".question-of").textContent()).toContain("11 added records go");
  await page.locator("[data-act=yes]").click();
  await page.locator(".steps .off").waitFor();
  expect(await published()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a table in GBK: the encoding is chosen by how three texts read, on a phone", async () => {
  const { page, context, complaints } = await open(browser, url, {
    hash: "import",
    width: 390,
    height: 844,
    touch: true,
  });
  const text = await page.evaluate(async () => {
    const answer = await fetch("/api/collections/shelter/items?f=csv&encoding=GBK");
    return [...new Uint8Array(await answer.arrayBuffer())];
  });
  const id = await bring(
    page,
    `国标${mark}.csv`,
    Buffer.from([...text, ...Buffer.from(`0,T-${mark}\r\n`)]),
  );
  const shown = page.locator(".encoding > .samples span");
  expect(await page.locator(".encoding .found").textContent()).toBe("GB18030");
  await shown.filter({ hasText: "避难场所" }).first().waitFor();
  await page.locator(".encoding summary").click();
  const choices = page.locator(".encodings label");
  await choices.filter({ hasText: "GB18030" }).waitFor();
  expect(await choices.filter({ hasText: "UTF-8" }).textContent()).toContain("有乱码");
  await choices.filter({ hasText: "Big5" }).click();
  await expect.poll(async () => (await kept(page, id)).reading.encoding).toBe("Big5");
  await shown.filter({ hasText: "避难场所" }).first().waitFor({ state: "detached" });
  await choices.filter({ hasText: "GB18030" }).click();
  await shown.filter({ hasText: "避难场所" }).first().waitFor();
  expect((await kept(page, id)).options.encoding).toBe("GB18030");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);

  // The tabs are worked with the arrows, Escape leads back to the list.
  await page.locator("#tab-read").focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("tab-check");
  await page.keyboard.press("Escape");
  await page.locator(".batches li").first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
