import { expect, test } from "vitest";
import { project, unproject } from "../../src/earth/gauss.ts";

// Positions around the city on both central meridians; the figures are PROJ 9.1.1's.
const places: [string, number, number, number, number, number][] = [
  ["the city's centre on 120", 120.894, 31.98, 120, 584496.718, 3539983.8526],
  ["Qidong on 120, past the zone's edge", 121.66, 31.81, 120, 657191.0647, 3521984.7354],
  ["the sea off Rudong on 120", 121.95, 32.6, 120, 683066.5553, 3610066.4748],
  ["north-west of the city on 120", 120.2, 32.9, 120, 518711.7147, 3641675.4254],
  ["the city's centre on 123", 120.894, 31.98, 123, 300934.4289, 3541572.8604],
  ["Qidong on 123", 121.66, 31.81, 123, 373113.5963, 3521566.4464],
  ["the sea off Rudong on 123", 121.95, 32.6, 123, 401431.413, 3608874.3218],
];

test.each(places)("%s", (_, lng, lat, meridian, easting, northing) => {
  const grid = project(lng, lat, meridian);
  expect(grid.easting).toBeCloseTo(easting, 3);
  expect(grid.northing).toBeCloseTo(northing, 3);
  const [x, y] = unproject({ easting, northing }, meridian);
  expect(x).toBeCloseTo(lng, 8);
  expect(y).toBeCloseTo(lat, 8);
});

test("the meridian itself has the false easting", () => {
  expect(project(120, 32, 120).easting).toBeCloseTo(500000, 6);
});
