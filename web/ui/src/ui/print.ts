import type { App } from "../app/app.ts";

/**
 * Prints the map with its legend. A WebGL canvas comes out blank on paper, so a picture of
 * it stands in while the print runs.
 */
export function printMap(app: App): void {
  const map = app.map?.map;
  if (!map) return;
  map.redraw();
  const picture = document.createElement("img");
  picture.className = "paper";
  picture.alt = "";
  picture.src = map.getCanvas().toDataURL("image/png");
  const done = () => {
    picture.remove();
    window.removeEventListener("afterprint", done);
  };
  window.addEventListener("afterprint", done);
  picture.addEventListener("load", () => window.print(), { once: true });
  document.body.prepend(picture);
}
