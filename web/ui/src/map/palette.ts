/** The tints of the ground and of what is written on it. Data colours are declared, not here. */
export interface Palette {
  name: "day" | "night";
  sea: string;
  shore: string;
  outside: string;
  land: string;
  border: string;
  innerBorder: string;
  road: string;
  mainRoad: string;
  ink: string;
  /** Numbers on rings. */
  strong: string;
  faint: string;
  halo: string;
  disc: string;
}

export const DAY: Palette = {
  name: "day",
  sea: "#c7d9e3",
  shore: "#a3bccb",
  outside: "#e6e5df",
  land: "#f7f5ef",
  border: "#a9a596",
  innerBorder: "#d3cfc2",
  road: "#dedad0",
  mainRoad: "#d3c6a8",
  ink: "#4a5560",
  strong: "#1d2b34",
  faint: "#7d868e",
  halo: "#fbfaf6",
  disc: "#ffffff",
};

export const NIGHT: Palette = {
  name: "night",
  sea: "#0c1a25",
  shore: "#2a4253",
  outside: "#17222b",
  land: "#22303b",
  border: "#4b5e6c",
  innerBorder: "#33434f",
  road: "#31414d",
  mainRoad: "#4a5a55",
  ink: "#c3d0d9",
  strong: "#eef4f7",
  faint: "#8397a5",
  halo: "#16212a",
  disc: "#101b23",
};

/** The one colour of what is selected; nothing else on the page has it. */
export const ACCENT = "#d6009a";

/** Chinese first; MapLibre draws all text from the machine's own fonts by these names. */
export const FONT = ["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"];
