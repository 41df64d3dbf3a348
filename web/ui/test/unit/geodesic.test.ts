import { expect, test } from "vitest";
import type { LngLat } from "../../src/api/types.ts";
import { destination, distance, pathLength } from "../../src/earth/geodesic.ts";

// Lengths by Karney's algorithm on the same ellipsoid (PROJ's geod).
const lines: [string, LngLat, LngLat, number][] = [
  ["centre to Rudong", [120.894, 31.98], [121.185, 32.312], 45924.639783],
  ["Qidong to Hai'an", [121.657, 31.808], [120.468, 32.533], 137982.395192],
  ["a thousandth of a degree along a parallel", [120.894, 31.98], [120.895, 31.98], 94.513648],
  ["far across the globe", [20, -10], [-110, 40], 14085863.705199],
];

test.each(lines)("%s", (_, a, b, metres) => {
  expect(distance(a, b)).toBeCloseTo(metres, 2);
  expect(distance(b, a)).toBeCloseTo(metres, 2);
});

test("no length between a place and itself", () => {
  expect(distance([120, 32], [120, 32])).toBe(0);
});

test("a path is as long as its parts", () => {
  const [a, b, c]: LngLat[] = [
    [120.894, 31.98],
    [121.185, 32.312],
    [121.657, 31.808],
  ];
  const path = [a, b, c] as LngLat[];
  expect(pathLength(path)).toBeCloseTo(
    distance(path[0] as LngLat, path[1] as LngLat) + distance(path[1] as LngLat, path[2] as LngLat),
    6,
  );
  expect(pathLength([])).toBe(0);
});

test("points opposite on the globe have no answer rather than a wrong one", () => {
  expect(distance([0, 0], [179.9, 0.2])).toBeNaN();
});

test.each(lines.slice(0, 3))("%s, there by direction and length", (_, a, b, metres) => {
  const azimuth = bearing(a, b);
  const there = destination(a, azimuth, metres);
  expect(distance(a, there)).toBeCloseTo(metres, 4);
  expect(distance(there, b)).toBeLessThan(0.01);
});

// The direction in which a lies b, found by halving: where the way ends nearest to b.
function bearing(a: LngLat, b: LngLat): number {
  const metres = distance(a, b);
  let [low, high] = [0, 360];
  const away = (azimuth: number) => distance(destination(a, azimuth, metres), b);
  for (let step = 90; step > 1e-9; step /= 3) {
    const best = Array.from({ length: 13 }, (_, i) => low + ((high - low) * i) / 12).reduce(
      (x, y) => (away(y) < away(x) ? y : x),
    );
    [low, high] = [best - step / 2, best + step / 2];
  }
  return (low + high) / 2;
}
