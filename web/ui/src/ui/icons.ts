import { html, svg, type TemplateResult } from "lit";

// The page's own signs, drawn as strokes in a box of 24 by 24.
const PATHS = {
  ask: "M4 5h16v11.5h-8.5L7 20.5v-4H4zM9.7 9.2a2.3 2.3 0 1 1 3.4 2.1c-.8.4-1.1.8-1.1 1.5M12 14.6h.01",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10.5 19v-5h3v5",
  ruler: "M3.5 15.5 15.5 3.5l5 5-12 12zM7.5 11.5l2 2M10.5 8.5l2.5 2.5M13.5 5.5l2 2",
  table: "M4 5.5h16v13H4zM4 10h16M4 14.3h16M9.5 10v8.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  print: "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
  grey: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  close: "M6 6l12 12M18 6 6 18",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 1 0 0-12zM15 15l5 5",
  chevron: "M8 10l4 4 4-4",
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  more: "M5 10.9v2.2M5 12h.01M12 10.9v2.2M19 10.9v2.2",
  target: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9zM12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4",
  filter: "M4 6h16M7 12h10M10 18h4",
  base: "M12 4 3.5 8.5 12 13l8.5-4.5zM3.5 12.5 12 17l8.5-4.5M3.5 16.5 12 21l8.5-4.5",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 8.2a2 2 0 1 0 0 4 2 2 0 1 0 0-4z",
  pen: "M5 19l1-4L16.5 4.5l3 3L9 18zM14.5 6.5l3 3",
  file: "M6 3.5h8l4 4v13H6zM14 3.5v4h4M12 11v6M9.5 14.5 12 17l2.5-2.5",
  undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  bring: "M12 15V4M8 8l4-4 4 4M4.5 14v5.5h15V14",
  offline: "M4 9.5a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M10 16.5a3 3 0 0 1 4 0M4 4l16 16",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName, size = 20): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true"
    fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
    ${svg`<path d=${PATHS[name]}></path>`}
    ${name === "grey" ? svg`<path d="M12 4a8 8 0 0 0 0 16z" fill="currentColor"></path>` : ""}
  </svg>`;
}
