import { Part } from "../ui/part.ts";
import type { Overlay } from "./overlay.ts";
import type { BatchDetail } from "./types.ts";

/** A part of the page about one survey. */
export abstract class Piece extends Part {
  static override properties = {
    ...Part.properties,
    batch: { attribute: false },
    overlay: { attribute: false },
    changed: { attribute: false },
  };
  declare batch: BatchDetail;
  declare overlay: Overlay;
  /** Called with what the server says of the survey after something was done to it. */
  declare changed: (batch: BatchDetail) => void;

  protected get layer() {
    return this.app.layer(this.batch.layer);
  }

  /** A field's title in this survey's layer; its name where there is none. */
  protected field(name: string) {
    return [...(this.layer?.fields ?? []), ...(this.layer?.standard ?? [])].find(
      (f) => f.name === name,
    );
  }
}
