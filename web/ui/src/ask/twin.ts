import { nothing, type PropertyValues } from "lit";
import { Map as Maplibre } from "maplibre-gl";
import type { App } from "../app/app.ts";
import type { State } from "../app/state.ts";
import { Images } from "../map/images.ts";
import type { MapView } from "../map/view.ts";
import { Part } from "../ui/part.ts";
import { rowFeatures, shapeFeatures } from "./features.ts";
import { Overlay, type Pointed } from "./overlay.ts";
import type { Answer } from "./types.ts";
import { w } from "./words.ts";

/** A second map beside the first, which moves as that does and is moved by it. */
class Twin {
  readonly overlay: Overlay;
  private readonly map: Maplibre;
  private readonly view: MapView;
  private leading: Maplibre | null = null;
  private readonly lead = () => this.follow(this.view.map, this.map);

  constructor(app: App, view: MapView, container: HTMLElement) {
    this.view = view;
    const { map } = view;
    this.map = new Maplibre({
      container,
      style: view.look(),
      center: map.getCenter(),
      zoom: map.getZoom(),
      minZoom: map.getMinZoom(),
      maxZoom: map.getMaxZoom(),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    new Images(this.map, (id) => app.layer(id));
    this.overlay = new Overlay(this.map);
    this.map.on("mousemove", (e) => this.overlay.move([e.point.x, e.point.y]));
    this.map.on("mouseout", () => this.overlay.move(null));
    this.map.on("move", () => this.follow(this.map, map));
    map.on("move", this.lead);
    map.resize();
  }

  // Who is moved by the other does not move that in turn.
  private follow(from: Maplibre, to: Maplibre): void {
    if (this.leading && this.leading !== from) return;
    this.leading = from;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    this.leading = null;
  }

  /** Draws anew with all that changed on the first map. */
  restyle(): void {
    this.map.setStyle(this.view.look(), { diff: true });
  }

  remove(): void {
    this.view.map.off("move", this.lead);
    this.overlay.remove();
    this.map.remove();
    this.view.map.resize();
  }
}

// What of the state the look of a map follows from.
const LOOK = ["lang", "on", "filters"] as const;

/** While it is there, the answer as things are stands on a second map, beside the scenario's. */
export class TwinMap extends Part {
  static override properties = {
    ...Part.properties,
    answer: { attribute: false },
    open: { type: Number },
  };
  declare answer: Answer;
  /** The number of the open list. */
  declare open: number;
  /** Told what the pointer is at on the second map. */
  declare pointed: (at: Pointed | null) => void;
  private twin: Twin | null = null;
  private holder: HTMLElement | null = null;
  private panel = true;
  private looked: State | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const view = this.app.map;
    const first = document.getElementById("map");
    if (!view || !first) return;
    this.panel = this.state.panel;
    document.documentElement.classList.add("comparing");
    this.app.store.set({ panel: false });
    this.holder = document.createElement("section");
    this.holder.id = "map-base";
    first.before(this.holder);
    this.twin = new Twin(this.app, view, this.holder);
    this.twin.overlay.pointed = (at) => this.pointed(at);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (!this.holder) return;
    document.documentElement.classList.remove("comparing");
    this.twin?.remove();
    this.holder.remove();
    this.twin = this.holder = null;
    this.app.store.set({ panel: this.panel });
  }

  protected override watched() {
    return LOOK;
  }

  protected override updated(_changed: PropertyValues): void {
    const { answer, open, state } = this;
    if (this.looked && LOOK.some((k) => this.looked?.[k] !== state[k])) this.twin?.restyle();
    this.looked = state;
    const first = document.getElementById("map");
    if (!this.holder || !first) return;
    this.holder.dataset.title = w("scenario.none");
    this.holder.setAttribute("aria-label", w("compare.map", { name: w("scenario.none") }));
    first.dataset.title = answer.scenario ?? w("scenario");
    this.twin?.overlay.show(shapeFeatures(answer, "base"), rowFeatures(answer, open, "base"), true);
  }

  protected override render() {
    return nothing;
  }
}

customElements.define("om-ask-twin", TwinMap);
