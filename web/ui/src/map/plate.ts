import type { LayerInfo } from "../api/types.ts";
import { canvas, pixels } from "./draw.ts";
import type { Palette } from "./palette.ts";
import { slices } from "./ring.ts";

// Gathered areas, such as the buildings of a cell, are small plates with their number and a
// strip that is divided by code. They stay behind the rings of points and read as "many of
// something flat", not as another kind of place.

const WIDTHS = [20, 24, 28, 32, 36, 40, 44];
const HEIGHT = 17;
const STRIP = 3;

export function drawPlate(
  layer: LayerInfo,
  step: number,
  shares: readonly number[],
  palette: Palette,
): ImageData {
  const width = WIDTHS[step] ?? (WIDTHS.at(-1) as number);
  const context = canvas(width + 4);
  const top = (width - HEIGHT) / 2 + 2;
  context.globalAlpha = 0.86;
  box(context, 2, top, width, HEIGHT, 4);
  context.fillStyle = palette.disc;
  context.fill();
  context.save();
  context.clip();
  strip(context, layer, shares, 2, top + HEIGHT - STRIP, width);
  context.restore();
  context.lineWidth = 1;
  context.strokeStyle = palette.border;
  context.stroke();
  return pixels(context);
}

function box(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

function strip(
  context: CanvasRenderingContext2D,
  layer: LayerInfo,
  shares: readonly number[],
  left: number,
  top: number,
  width: number,
): void {
  const codes = slices(layer);
  const sum = shares.reduce((a, b) => a + b, 0) || 1;
  let x = left;
  shares.forEach((n, i) => {
    const part = (width * n) / sum;
    context.fillStyle = codes[i]?.colour ?? layer.style.colour;
    context.fillRect(x, top, part, STRIP);
    x += part;
  });
}
