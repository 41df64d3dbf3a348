import { describe, expect, it } from "vitest";
import { related } from "../../src/map/live.ts";

const box: [number, number, number, number] = [120.8, 31.9, 121, 32.1];
const names = (tiles: { z: number; x: number; y: number }[]) =>
  tiles.map((t) => `${t.z}/${t.x}/${t.y}`);

describe("tiles that are loaded anew", () => {
  it("are the changed one and those above it", () => {
    const found = names(related([{ z: 3, x: 6, y: 3 }], box, 3));
    expect(found.sort()).toEqual(["0/0/0", "1/1/0", "2/3/1", "3/6/3"]);
  });

  it("are those below it that are in sight", () => {
    const tile = { z: 8, x: 213, y: 104 };
    const found = related([tile], box, 11);
    for (const t of found) {
      const up = 8 - t.z;
      if (up < 0) expect([t.x >> -up, t.y >> -up]).toEqual([213, 104]);
    }
    // At zoom 11 a tile is 0.176 degrees wide: two columns and two or three rows are in sight.
    expect(found.filter((t) => t.z === 11).length).toBeLessThanOrEqual(9);
    expect(found.filter((t) => t.z === 11).length).toBeGreaterThan(0);
  });

  it("are none below it out of sight", () => {
    const far = { z: 8, x: 10, y: 10 };
    expect(related([far], box, 14).every((t) => t.z <= 8)).toBe(true);
  });
});
