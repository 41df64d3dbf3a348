// The forms of the sprite, drawn once as paths in a box of 24 by 24 around (12,12), so
// that legend, map and rings show the very same thing.

export const SHAPES: Readonly<Record<string, string>> = {
  diamond: "M12 2.6 21.4 12 12 21.4 2.6 12Z",
  triangle: "M12 3 21.6 20H2.4Z",
  square: "M4 4H20V20H4Z",
  circle: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z",
  ring: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM12 7.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9Z",
  pentagon: "M12 2.5 21.5 9.5 17.9 20.6H6.1L2.5 9.5Z",
  hexagon: "M7 3.3H17L22 12 17 20.7H7L2 12Z",
  star: "M12 2 14.9 8.7 22.2 9.3 16.7 14.1 18.4 21.2 12 17.4 5.6 21.2 7.3 14.1 1.8 9.3 9.1 8.7Z",
  cross: "M8.5 3H15.5V8.5H21V15.5H15.5V21H8.5V15.5H3V8.5H8.5Z",
  house: "M12 2.5 22 11H19V21H5V11H2Z",
  drop: "M12 1.8C15.5 7 19 10.5 19 14.6A7 7 0 0 1 5 14.6C5 10.5 8.5 7 12 1.8Z",
  turbine:
    "M11.3 12.6 10.6 22H13.4L12.7 12.6 20.5 16.6 21.3 15 13.4 11 13 2H11L10.6 11 2.7 15 3.5 16.6Z",
  flag: "M5 2H7.2V3.5L20.5 8 7.2 12.7V22H5Z",
  badge: "M12 2 21 5V12C21 17 17 20.5 12 22.3 7 20.5 3 17 3 12V5Z",
};

/** The path of a form; a circle where the form is not known. */
export function shape(symbol: string | undefined): string {
  return SHAPES[symbol ?? "circle"] ?? (SHAPES.circle as string);
}

/** True for forms that are hollow and so need no outline inside. */
export function hollow(symbol: string | undefined): boolean {
  return symbol === "ring";
}

/**
 * The outline that keeps a form readable on any ground: near-black on light colours such as
 * the yellow of the third grade, white on dark ones (WCAG relative luminance).
 */
export function outline(colour: string): string {
  return luminance(colour) > 0.45 ? "#2b2a22" : "#ffffff";
}

export function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
