import { describe, expect, test, vi } from "vitest";
import { Client, Problem, query } from "../../src/api/client.ts";
import { App } from "../../src/app/app.ts";
import { Store } from "../../src/app/state.ts";
import { ends, span } from "../../src/ui/filters.ts";
import { toggled } from "../../src/ui/legend.ts";

describe("the store", () => {
  test("tells of a change once, with what was before", () => {
    const store = new Store();
    const told = vi.fn();
    const stop = store.listen(told);
    store.set({ grey: true, opened: "enterprise" });
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]?.[1]).toMatchObject({ grey: false, opened: null });
    store.set({ grey: true });
    expect(told).toHaveBeenCalledTimes(1);
    stop();
    store.set({ grey: false });
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe("what the page can do", () => {
  test("filters are set, changed and taken away without a trace", () => {
    const app = new App();
    app.filter("enterprise", "risk_grade", "major");
    app.filter("enterprise", "employees", "100/..");
    expect(app.filtersOf("enterprise")).toEqual({ risk_grade: "major", employees: "100/.." });
    app.filter("enterprise", "risk_grade", "");
    expect(app.filtersOf("enterprise")).toEqual({ employees: "100/.." });
    app.setFilters("enterprise", {});
    expect(app.store.now.filters).toEqual({});
  });

  test("layers are switched without touching the set before", () => {
    const app = new App();
    const before = app.store.now.on;
    app.switchLayer("road", true);
    expect([...app.store.now.on]).toEqual(["road"]);
    expect(before.size).toBe(0);
  });

  test("choosing between several closes the record, and a record closes the choice", () => {
    const app = new App();
    app.select({ layer: "road", id: 1 });
    app.choose([{ layer: "road", id: 2, label: "", code: undefined }]);
    expect(app.store.now.selection).toBeNull();
    app.select({ layer: "road", id: 2 });
    expect(app.store.now.choices).toEqual([]);
  });
});

describe("filter values", () => {
  test.each([
    ["100/200", ["100", "200"]],
    ["100/..", ["100", ""]],
    ["../200", ["", "200"]],
    [undefined, ["", ""]],
  ])("%s has two ends", (value, both) => {
    expect(ends(value)).toEqual(both);
    expect(span(...(both as [string, string]))).toBe(value ?? "");
  });
  test("codes come and go in a list", () => {
    expect(toggled(undefined, "a")).toBe("a");
    expect(toggled("a,b", "a")).toBe("b");
    expect(toggled("b", "c")).toBe("b,c");
    expect(toggled("c", "c")).toBe("");
  });
});

describe("the client", () => {
  test("writes a query that the server can read", () => {
    expect(query({ b: "x,y", a: "1/.." }, { limit: 5 })).toBe("limit=5&a=1/..&b=x,y");
    expect(query({ name: "中 &=" })).toBe("name=%E4%B8%AD%20%26%3D");
  });

  test("turns a problem into an error that names it", async () => {
    const body = {
      title: "Bad",
      detail: "no field x",
      code: "invalid",
      field: "x",
      request_id: "r1",
    };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status: 400 }));
    const error = await new Client().catalogue().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      status: 400,
      code: "invalid",
      field: "x",
      message: "no field x",
      offline: false,
    });
    vi.unstubAllGlobals();
  });

  test("tells no network from a server's answer", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed to fetch");
    });
    const error = await new Client().page().catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 0, offline: true });
    vi.unstubAllGlobals();
  });

  test("follows a next link on its own server only", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      return new Response('{"features":[]}');
    });
    await new Client().follow("http://elsewhere.example.cn/api/collections/road/items?after=7");
    expect(asked).toEqual(["/api/collections/road/items?after=7"]);
    vi.unstubAllGlobals();
  });
});
