import type { LayerInfo } from "../api/types.ts";
import { canvas, density, pixels } from "./draw.ts";
import type { Palette } from "./palette.ts";
import { slices } from "./ring.ts";
import { shape } from "./symbols.ts";

// Gathered things of a layer that has a form of its own are plates: the form, the number,
// and a strip divided by code. They are no rings, so that the theme of the map, which is
// drawn in rings, can be told from what stands around it.

// Widths of the number's room by how many signs it has.
const ROOM = [8, 14, 20, 26, 26, 28, 28];
const [TOP, LINE, STRIP, LEFT, RIGHT] = [3, 13, 3, 17, 5];

/** A plate, and where in it the number stands (left, top, right, bottom in its own pixels). */
export function drawPlate(
  layer: LayerInfo,
  step: number,
  shares: readonly number[],
  palette: Palette,
): { image: ImageData; content: [number, number, number, number] } {
  const room = ROOM[step] ?? 28;
  const width = LEFT + room + RIGHT;
  const height = TOP + LINE + STRIP + 1.5;
  const context = canvas(width, height);
  context.beginPath();
  context.roundRect(0.5, 0.5, width - 1, height - 1, 4);
  context.fillStyle = palette.disc;
  context.fill();
  context.save();
  context.clip();
  strip(context, layer, shares, height - STRIP - 0.5, width);
  context.restore();
  context.lineWidth = 1;
  context.strokeStyle = palette.border;
  context.stroke();
  form(context, layer.style.symbol, palette.ink);
  const scale = density();
  const content = [LEFT, TOP, LEFT + room, TOP + LINE].map((v) => v * scale);
  return { image: pixels(context), content: content as [number, number, number, number] };
}

function form(context: CanvasRenderingContext2D, symbol: string | undefined, ink: string): void {
  context.save();
  context.translate(4, TOP + 1);
  context.scale(11 / 24, 11 / 24);
  context.fillStyle = ink;
  context.fill(new Path2D(shape(symbol)), "evenodd");
  context.restore();
}

function strip(
  context: CanvasRenderingContext2D,
  layer: LayerInfo,
  shares: readonly number[],
  top: number,
  width: number,
): void {
  const codes = slices(layer);
  const sum = shares.reduce((a, b) => a + b, 0) || 1;
  let x = 0;
  shares.forEach((n, i) => {
    const part = (width * n) / sum;
    context.fillStyle = codes[i]?.colour ?? layer.style.colour;
    context.fillRect(x, top, part, STRIP + 1);
    x += part;
  });
}

const SIDES = [14, 20, 26, 34, 42, 50, 56];

/** A faint square in the layer's colour, larger for more. */
export function drawCell(layer: LayerInfo, step: number): ImageData {
  const side = SIDES[step] ?? 56;
  const context = canvas(side);
  context.beginPath();
  context.roundRect(0, 0, side, side, 4);
  context.globalAlpha = 0.26;
  context.fillStyle = layer.style.colour;
  context.fill();
  return pixels(context);
}
