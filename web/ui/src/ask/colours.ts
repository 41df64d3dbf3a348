// What an answer is drawn in. Risk grades and warnings have red, orange, yellow and blue, the
// selected thing its accent; an answer has teal for what is reached and violet for what is not.

export const WAY = "#0b6470";
export const GAP = "#6a3fa0";
export const AREA = "#10222c";
export const PLACE = "#10222c";
export const ROW = "#0b6470";
export const FAINT = "#7fa3a8";

// From near to far, dark to light: the order is readable in grey too.
const BANDS = ["#08505c", "#1c7f86", "#4fa8a6", "#8bcabf", "#c3e3d6"];

/** The colour of one of some bands, the nearest first. */
export function bandColour(index: number, count: number): string {
  if (count <= 1) return BANDS[1] as string;
  const at = Math.round((index * (BANDS.length - 1)) / (count - 1));
  return BANDS[Math.min(BANDS.length - 1, at)] as string;
}
