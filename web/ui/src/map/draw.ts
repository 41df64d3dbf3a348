import type { LayerInfo } from "../api/types.ts";
import type { Palette } from "./palette.ts";
import { arcs, RADII, slices } from "./ring.ts";
import { hollow, outline, shape } from "./symbols.ts";

// Pictures for the map, drawn on a canvas at the screen's own resolution.

/** Pixels a picture has for each px of the page. */
export function density(): number {
  return Math.min(3, Math.max(2, Math.ceil(window.devicePixelRatio || 1)));
}

export function canvas(width: number, height = width): CanvasRenderingContext2D {
  const element = document.createElement("canvas");
  const scale = density();
  element.width = Math.ceil(width * scale);
  element.height = Math.ceil(height * scale);
  const context = element.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.scale(scale, scale);
  return context;
}

export function pixels(context: CanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

/** A form in a colour, size px across, with an outline that keeps it readable anywhere. */
export function drawSymbol(symbol: string, colour: string, size = 20): ImageData {
  const context = canvas(size + 4);
  const path = new Path2D(shape(symbol));
  context.translate(2, 2);
  context.scale(size / 24, size / 24);
  context.lineJoin = "round";
  context.lineWidth = 3.4;
  context.strokeStyle = hollow(symbol) ? "rgba(255,255,255,0.92)" : outline(colour);
  context.stroke(path);
  context.fillStyle = colour;
  context.fill(path, "evenodd");
  return pixels(context);
}

/** A tile of diagonal lines in a colour that joins itself on all sides: the mark of warnings. */
export function drawHatch(_form: string, colour: string): ImageData {
  const size = 12;
  const context = canvas(size);
  context.strokeStyle = colour;
  context.lineWidth = 2.2;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 2, size + 2);
    context.lineTo(shift + size + 2, -2);
  }
  context.stroke();
  return pixels(context);
}

/** A ring divided by shares, with room for its number. */
export function drawRing(
  layer: LayerInfo,
  step: number,
  shares: readonly number[],
  palette: Palette,
): ImageData {
  const codes = slices(layer);
  const radius = RADII[step] ?? (RADII.at(-1) as number);
  const graded = codes.length > 1;
  const width = graded ? Math.max(4.5, radius * 0.27) : 2.5;
  const middle = radius + 3;
  const context = canvas(2 * middle);
  context.translate(middle, middle);

  context.shadowColor = "rgba(15,30,40,0.35)";
  context.shadowBlur = 2.5 * density();
  context.shadowOffsetY = 0.5 * density();
  disc(context, radius + 0.8, palette.disc);
  context.shadowColor = "transparent";

  for (const { index, from, to } of arcs(shares)) {
    const code = codes[index];
    if (!code) continue;
    band(context, radius, width, from, to, code.colour ?? layer.style.colour, hollow(code.symbol));
    if (to - from < 2 * Math.PI - 0.01) gap(context, radius, width, from, palette.disc);
  }
  return pixels(context);
}

function disc(context: CanvasRenderingContext2D, radius: number, colour: string): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

// A slice of the ring; what is not graded is hollow here as it is everywhere else.
function band(
  context: CanvasRenderingContext2D,
  radius: number,
  width: number,
  from: number,
  to: number,
  colour: string,
  empty: boolean,
): void {
  const stroke = (r: number, w: number) => {
    context.beginPath();
    context.arc(0, 0, r, from, to);
    context.lineWidth = w;
    context.strokeStyle = colour;
    context.stroke();
  };
  if (!empty) {
    stroke(radius - width / 2, width);
    return;
  }
  stroke(radius - 0.6, 1.2);
  stroke(radius - width + 0.6, 1.2);
}

function gap(
  context: CanvasRenderingContext2D,
  radius: number,
  width: number,
  at: number,
  colour: string,
): void {
  context.beginPath();
  context.moveTo((radius - width - 0.5) * Math.cos(at), (radius - width - 0.5) * Math.sin(at));
  context.lineTo((radius + 0.8) * Math.cos(at), (radius + 0.8) * Math.sin(at));
  context.lineWidth = 1.2;
  context.strokeStyle = colour;
  context.stroke();
}
