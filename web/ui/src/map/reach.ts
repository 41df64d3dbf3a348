import type { Box } from "../api/types.ts";

/** The most that the map may be moved: the city with its surroundings and its sea. */
export function reach([w, s, e, n]: Box): Box {
  return [w - 6, s - 2.2, e + 6, n + 2.2];
}
