import type { Box, LngLat } from "../api/types.ts";

/** How many px of the map each side is covered by panels. */
export interface Insets {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The edges of the map in px of the page. */
export type Frame = Pick<DOMRect, "left" | "top" | "right" | "bottom">;

/**
 * Measures what lies over the map, from the marks that the parts carry in the page. What is
 * there only for the moment (a record, a list) can be left out: a number must not change
 * because its members are being looked at.
 */
export function insets(frame: Frame, lasting = false, root: ParentNode = document): Insets {
  const out: Insets = { left: 0, right: 0, top: 0, bottom: 0 };
  const [width, height] = [frame.right - frame.left, frame.bottom - frame.top];
  for (const element of root.querySelectorAll<HTMLElement>("[data-covers]")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (lasting && "brief" in element.dataset) continue;
    const side = element.dataset.covers;
    if (side === "left") out.left = Math.max(out.left, box.right - frame.left);
    if (side === "right") out.right = Math.max(out.right, frame.right - box.left);
    if (side === "top") out.top = Math.max(out.top, box.bottom - frame.top);
    if (side === "bottom") out.bottom = Math.max(out.bottom, frame.bottom - box.top);
  }
  // Never so much that nothing is left to look at.
  if (out.left + out.right > width - 120) out.left = out.right = 0;
  if (out.top + out.bottom > height - 120) out.bottom = Math.max(0, height - out.top - 160);
  return out;
}

/** The middle of what is free, as an offset in px from the middle of the map. */
export function offset(i: Insets): [number, number] {
  return [(i.left - i.right) / 2, (i.top - i.bottom) / 2];
}

/** By how much to pan so that a point comes out from under the panels; null when it is free. */
export function nudge(
  point: { x: number; y: number },
  i: Insets,
  size: { width: number; height: number },
  margin = 40,
): [number, number] | null {
  const dx = out(point.x, i.left + margin, size.width - i.right - margin);
  const dy = out(point.y, i.top + margin, size.height - i.bottom - margin);
  return dx === 0 && dy === 0 ? null : [dx, dy];
}

function out(v: number, low: number, high: number): number {
  if (v < low) return v - low;
  return v > high ? v - high : 0;
}

/** The box of what is free of panels, given how the map turns px into degrees. */
export function freeBox(
  i: Insets,
  size: { width: number; height: number },
  unproject: (xy: [number, number]) => LngLat,
): Box {
  const corners = [
    unproject([i.left, i.top]),
    unproject([size.width - i.right, i.top]),
    unproject([i.left, size.height - i.bottom]),
    unproject([size.width - i.right, size.height - i.bottom]),
  ];
  const lng = corners.map((c) => c[0]);
  const lat = corners.map((c) => c[1]);
  return [Math.min(...lng), Math.min(...lat), Math.max(...lng), Math.max(...lat)];
}
