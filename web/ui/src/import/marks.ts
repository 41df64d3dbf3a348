import { canvas, pixels } from "../map/draw.ts";

// The pictures that an import draws on the map. Each kind has a form of its own besides its
// colour, so that they are told apart without colours.

export const COLOURS = {
  error: "#b3261e",
  warning: "#c77700",
  notice: "#3d6a8a",
  new: "#1f7a3d",
  gone: "#4a5560",
  moved: "#155766",
  changed: "#5d4a8a",
} as const;

/** Colours of candidates; their letters tell them apart as well. */
export const CANDIDATES = ["#155766", "#b3261e", "#5d4a8a", "#8f5a00", "#1f7a3d", "#4a5560"];

/** The letter of a candidate. */
export function letter(i: number): string {
  return String.fromCharCode(65 + (i % 26));
}

const FORMS: Record<keyof typeof COLOURS, string> = {
  error: "M12 1.5 22.5 12 12 22.5 1.5 12z",
  warning: "M12 2.5 22.5 21h-21z",
  notice: "M12 3a9 9 0 1 0 .01 0z",
  new: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6z",
  gone: "M12 3a9 9 0 1 0 .01 0z",
  moved: "M12 3a9 9 0 1 0 .01 0z",
  changed: "M12 6a6 6 0 1 0 .01 0z",
};

const SIGNS: Partial<Record<keyof typeof COLOURS, string>> = {
  error: "M12 7v6M12 16.4v.6",
  warning: "M12 10v5M12 17.6v.5",
  notice: "M12 11v6M12 7.4v.6",
};

export type Mark = keyof typeof COLOURS;

/** The outline of a mark in a box of 24 by 24, for the legend. */
export function form(mark: Mark): { path: string; sign: string; hollow: boolean } {
  const hollow = mark === "gone" || mark === "moved";
  return { path: FORMS[mark], sign: SIGNS[mark] ?? "", hollow };
}

/** Draws one mark for the map. */
export function drawMark(mark: Mark, large = 20): ImageData {
  const context = canvas(large + 4);
  context.translate(2, 2);
  context.scale(large / 24, large / 24);
  const { path, sign, hollow } = form(mark);
  const outline = new Path2D(path);
  context.lineJoin = context.lineCap = "round";
  context.strokeStyle = "#ffffff";
  context.lineWidth = hollow ? 7 : 3.5;
  context.stroke(outline);
  context.strokeStyle = context.fillStyle = COLOURS[mark];
  if (hollow) {
    context.lineWidth = 3;
    if (mark === "gone") context.setLineDash([4, 3]);
    context.fillStyle = "rgba(255,255,255,0.75)";
    context.fill(outline);
    context.stroke(outline);
  } else context.fill(outline);
  if (sign) {
    context.setLineDash([]);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 2.6;
    context.stroke(new Path2D(sign));
  }
  return pixels(context);
}

/** The head of an arrow that points east; the map turns it. */
export function drawArrow(): ImageData {
  const context = canvas(20);
  context.translate(10, 10);
  context.beginPath();
  context.moveTo(-5, -6);
  context.lineTo(6, 0);
  context.lineTo(-5, 6);
  context.closePath();
  context.lineJoin = "round";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = COLOURS.moved;
  context.fill();
  return pixels(context);
}

/** A candidate's letter in a disc of its colour. */
export function drawLetter(i: number): ImageData {
  const context = canvas(22);
  context.beginPath();
  context.arc(11, 11, 9, 0, 2 * Math.PI);
  context.fillStyle = CANDIDATES[i % CANDIDATES.length] as string;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = "#ffffff";
  context.font = "700 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter(i), 11, 11.5);
  return pixels(context);
}
