import type { Map as Maplibre } from "maplibre-gl";
import type { LayerInfo } from "../api/types.ts";
import { density, drawHatch, drawRing, drawSymbol } from "./draw.ts";
import { DAY, NIGHT } from "./palette.ts";
import { drawCell, drawPlate } from "./plate.ts";
import { parseRing } from "./ring.ts";

/** How many ring pictures are kept; a city's view needs some dozens. */
const KEPT = 800;

/** Draws the pictures that the style names when the map first meets each of them. */
export class Images {
  private readonly map: Maplibre;
  private readonly layer: (id: string) => LayerInfo | undefined;
  private readonly rings = new Set<string>();

  constructor(map: Maplibre, layer: (id: string) => LayerInfo | undefined) {
    this.map = map;
    this.layer = layer;
    map.setMissingStyleImageResolver((id) => this.make(id));
    map.on("idle", () => this.trim());
  }

  private make(id: string): void {
    if (this.map.hasImage(id)) return;
    const gathered = parseRing(id);
    if (gathered) {
      const layer = this.layer(gathered.layer);
      if (!layer) return;
      const palette = gathered.theme === "night" ? NIGHT : DAY;
      const { form, step, shares } = gathered;
      if (form === "ring") {
        const image = drawRing(layer, step, shares, palette);
        this.map.addImage(id, image, { pixelRatio: density() });
      } else if (form === "plate") {
        const { image, content } = drawPlate(layer, step, shares, palette);
        this.map.addImage(id, image, { pixelRatio: density(), content });
      } else {
        this.map.addImage(id, drawCell(layer, step), { pixelRatio: density() });
      }
      this.rings.add(id);
      return;
    }
    const symbol = /^([a-z]+)-([0-9a-f]{6})$/.exec(id);
    if (symbol) {
      const [, form, colour] = symbol as unknown as [string, string, string];
      const draw = form === "hatch" ? drawHatch : drawSymbol;
      this.map.addImage(id, draw(form, `#${colour}`), { pixelRatio: density() });
    }
  }

  // Oldest first: a picture that is still wanted is drawn again when a tile asks for it.
  private trim(): void {
    for (const id of this.rings) {
      if (this.rings.size <= KEPT) return;
      this.rings.delete(id);
      if (this.map.hasImage(id)) this.map.removeImage(id);
    }
  }
}
