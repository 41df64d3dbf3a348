import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Problem } from "../api/client.ts";
import type { Field, Item, LayerInfo, LngLat } from "../api/types.ts";
import { position } from "../format/angle.ts";
import { say } from "../i18n/t.ts";
import { foundAt } from "../map/pointer.ts";
import { icon } from "../ui/icons.ts";
import { Part } from "../ui/part.ts";
import { scenarios } from "./api.ts";
import type { Overlay } from "./overlay.ts";
import { readPosition, writePosition } from "./position.ts";
import { type Change, changeFeatures, changesOf, keyOf, ROADS, scenarioOf } from "./scenario.ts";
import { middle } from "./shape.ts";
import type { Sketch } from "./sketch.ts";
import type { Saved, Scenario } from "./types.ts";
import { type Word, w } from "./words.ts";

/** What a click on the map does. */
type Tool = "close" | "area" | "lose" | "move" | "place" | "add";

/** How many records of a scenario are looked up for their names and places. */
const LOOKED_UP = 100;

/** The editor of a scenario: its name, its changes, and the tools that make them. */
export class PlanEditor extends Part {
  static override properties = {
    ...Part.properties,
    scenario: { attribute: false },
    overlay: { attribute: false },
    name: { state: true },
    changes: { state: true },
    tool: { state: true },
    adding: { state: true },
    moving: { state: true },
    typed: { state: true },
    known: { state: true },
    wrong: { state: true },
    busy: { state: true },
  };
  /** One that is kept, or a new one. */
  declare scenario: Saved | Scenario;
  declare overlay: Overlay | null;
  /** Told the name under which it was saved. */
  declare saved: (name: string) => void;
  declare name: string;
  declare changes: readonly Change[];
  declare tool: Tool | null;
  /** The layer of the record that is added, and what its fields are given. */
  declare adding: { layer: string; properties: Record<string, string> };
  /** The record that is moved and wants a new place. */
  declare moving: { layer: string; id: number } | null;
  declare typed: string;
  declare known: ReadonlyMap<string, Item>;
  declare wrong: string;
  declare busy: boolean;
  private sketch: Sketch | null = null;
  private readonly asked = new Set<string>();

  private readonly key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.tool) return;
    event.preventDefault();
    event.stopPropagation();
    this.take(null);
  };

  constructor() {
    super();
    this.name = "";
    this.changes = [];
    this.tool = null;
    this.adding = { layer: "", properties: {} };
    this.moving = null;
    this.typed = "";
    this.known = new Map();
    this.wrong = "";
    this.busy = false;
  }

  protected override watched() {
    return ["system", "subject"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.key, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.key, true);
    this.take(null);
    this.overlay?.draft({ type: "FeatureCollection", features: [] });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("scenario")) return;
    this.name = this.scenario.name;
    this.changes = changesOf(this.scenario);
    this.adding = { layer: this.pointLayers()[0]?.id ?? "", properties: {} };
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("changes")) void this.lookUp();
    if (!["changes", "known", "overlay"].some((k) => changed.has(k))) return;
    const places = [...this.known].flatMap(([k, item]): [string, GeoJSON.Geometry][] =>
      item.geometry ? [[k, item.geometry]] : [],
    );
    this.overlay?.draft(changeFeatures(this.changes, new Map(places)));
  }

  // The names and places of the records that are changed.
  private async lookUp(): Promise<void> {
    const wanted = this.changes
      .flatMap((c) => (c.kind === "closed" ? [{ layer: ROADS, id: c.id }] : "id" in c ? [c] : []))
      .filter(({ layer, id }) => !this.asked.has(`${layer}/${id}`))
      .slice(0, LOOKED_UP);
    for (const { layer, id } of wanted) this.asked.add(`${layer}/${id}`);
    const found = await Promise.all(
      wanted.map(async ({ layer, id }) => {
        const item = await this.app.client.item(layer, id).catch(() => null);
        return item ? ([[`${layer}/${id}`, item]] as [string, Item][]) : [];
      }),
    );
    if (found.flat().length > 0) this.known = new Map([...this.known, ...found.flat()]);
  }

  private pointLayers(): LayerInfo[] {
    const first = ["shelter", "rescue_team", "supply_depot", "public_facility"];
    const rank = (l: LayerInfo) => (first.includes(l.id) ? first.indexOf(l.id) : first.length);
    return this.app.layers.filter((l) => l.geometry === "Point").sort((a, b) => rank(a) - rank(b));
  }

  private put(change: Change): void {
    const key = keyOf(change);
    this.changes = [...this.changes.filter((c) => keyOf(c) !== key), change];
  }

  /** Takes a tool in hand, or lays it down. */
  private take(tool: Tool | null): void {
    this.sketch?.stop();
    this.sketch = null;
    this.tool = tool;
    if (tool !== "place") this.moving = null;
    if (this.overlay) this.overlay.claim = null;
    if (this.state.tool === "draw") this.app.store.set({ tool: "none" });
    if (tool === "area") void this.draw();
    else if (tool && this.overlay) this.overlay.claim = (xy, reach) => this.clicked(xy, reach);
  }

  private async draw(): Promise<void> {
    const map = this.app.map?.map;
    if (!map) return;
    this.app.store.set({ tool: "draw" });
    const { Sketch } = await import("./sketch.ts");
    if (this.tool !== "area") return;
    this.sketch = new Sketch(map, "polygon", (shape) => {
      this.take(null);
      if (shape.type === "Polygon")
        this.put({ kind: "area", area: shape.coordinates[0] as LngLat[] });
    });
  }

  private clicked(xy: [number, number], reach: number): void {
    const { map } = this.app;
    if (!map) return;
    const at = map.map.unproject(xy).toArray() as LngLat;
    if (this.tool === "add" || this.tool === "place") {
      this.at(at);
      return;
    }
    const points = new Set(this.pointLayers().map((l) => l.id));
    const roads = this.tool === "close";
    const one = foundAt(this.app, map.map, xy, roads ? reach + 4 : reach).find(
      (f) => !f.cluster && (roads ? f.layer === ROADS : points.has(f.layer)),
    );
    if (!one) {
      this.app.say(w(roads ? "plan.noroad" : "plan.norecord"));
      return;
    }
    this.record(one.layer, one.id);
  }

  // What the tool in hand does to a record.
  private record(layer: string, id: number): void {
    if (this.tool === "close") this.put({ kind: "closed", id });
    else if (this.tool === "move") {
      this.take("place");
      this.moving = { layer, id };
    } else this.put({ kind: "lost", layer, id });
  }

  // What the tool in hand does with a place.
  private at(place: LngLat): void {
    const { moving, adding } = this;
    if (this.tool === "place" && moving) {
      this.put({ kind: "moved", ...moving, place });
      this.take(null);
    } else if (this.tool === "add") {
      const layer = this.app.layer(adding.layer);
      if (!layer) return;
      const properties = Object.fromEntries(
        Object.entries(adding.properties).flatMap(([k, v]) =>
          v === "" ? [] : [[k, numeric(layer.fields.find((f) => f.name === k)) ? Number(v) : v]],
        ),
      );
      this.put({ kind: "added", layer: adding.layer, place, properties });
    }
    this.typed = "";
  }

  private typedIn(event: Event): void {
    event.preventDefault();
    const at = readPosition(this.typed, this.state.system);
    this.wrong = at ? "" : w("wrong.place");
    if (at) this.at(at);
  }

  private async save(): Promise<void> {
    const name = this.name.trim();
    if (name === "") {
      this.wrong = w("plan.nameless");
      this.querySelector<HTMLInputElement>("#plan-name")?.focus();
      return;
    }
    this.busy = true;
    this.wrong = "";
    try {
      await scenarios.save(
        scenarioOf(name, this.changes),
        "id" in this.scenario ? this.scenario : null,
      );
      this.app.say(w("plan.saved", { name }));
      this.saved(name);
    } catch (error) {
      this.wrong = error instanceof Problem ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  protected override render() {
    const { changes, wrong, busy } = this;
    const tools: [Tool, Word][] = [
      ["close", "plan.close"],
      ["area", "plan.area"],
      ["lose", "plan.lose"],
      ["move", "plan.move"],
      ["add", "plan.add"],
    ];
    return html`<div class="plan">
      <div class="input"><label class="label" for="plan-name">${w("plan.name")}</label>
        <input type="text" id="plan-name" .value=${this.name} maxlength="100" autocomplete="off" @input=${(
          e: Event,
        ) => {
          this.name = (e.target as HTMLInputElement).value;
        }} /></div>
      <div class="plan-tools" role="group" aria-label=${w("plan.tools")}>${tools.map(
        ([tool, word]) =>
          html`<button type="button" class="plain" data-plan=${tool} aria-pressed=${this.tool === tool || (tool === "move" && this.tool === "place") ? "true" : "false"} @click=${() => this.take(this.tool === tool ? null : tool)}>${w(word)}</button>`,
      )}</div>
      ${this.tool ? html`<p class="drawing" role="status">${w(`plan.help.${this.tool}`)}</p>` : nothing}
      ${this.tool === "add" ? this.addition() : nothing}
      ${this.tool === "add" || this.tool === "place" ? this.placing() : nothing}
      ${this.subject()}
      <section><h4>${w("plan.changes", { n: changes.length })}</h4>
        <ul class="changes">${changes.slice(-200).map((c) => this.line(c))}</ul>
        ${changes.length === 0 ? html`<p class="hint">${w("plan.none")}</p>` : nothing}</section>
      <div class="send"><button type="button" class="go" ?disabled=${busy} @click=${() => void this.save()}>${w("plan.save")}</button>
        <span class="bad" role="alert">${wrong}</span></div>
    </div>`;
  }

  private addition(): TemplateResult {
    const { adding } = this;
    const layer = this.app.layer(adding.layer);
    const fields = layer ? given(layer) : [];
    return html`<div class="adding">
      <select aria-label=${w("plan.layer")} @change=${(e: Event) => {
        this.adding = { layer: (e.target as HTMLSelectElement).value, properties: {} };
      }}>${this.pointLayers().map((l) => html`<option value=${l.id} ?selected=${l.id === adding.layer}>${say(l.title)}</option>`)}</select>
      ${fields.map(
        (f) =>
          html`<label><span>${say(f.title)}</span><input type="text" inputmode=${numeric(f) ? "decimal" : "text"} .value=${adding.properties[f.name] ?? ""} autocomplete="off" @input=${(
            e: Event,
          ) => {
            this.adding = {
              ...adding,
              properties: { ...adding.properties, [f.name]: (e.target as HTMLInputElement).value },
            };
          }} /></label>`,
      )}</div>`;
  }

  // The place without a mouse.
  private placing(): TemplateResult {
    const { page, system } = this.state;
    const example = writePosition(page?.city.center ?? [120.894, 31.98], system);
    return html`<form class="row" @submit=${this.typedIn}><input type="text" class="grow" aria-label=${w("shape.positions")} placeholder=${w("place.one", { example })} .value=${this.typed} autocomplete="off" @input=${(
      e: Event,
    ) => {
      this.typed = (e.target as HTMLInputElement).value;
    }} /><button type="submit" class="plain">${w("plan.put")}</button></form>`;
  }

  // A record that was opened and asked about is changed without the mouse too.
  private subject(): TemplateResult | typeof nothing {
    const { subject } = this.state;
    if (!subject?.record) return nothing;
    const { layer, id } = subject.record;
    const act = (tool: Tool) => {
      this.take(tool);
      this.record(layer, id);
      if (tool !== "move") this.take(null);
      this.app.store.set({ subject: null });
    };
    const point = this.app.layer(layer)?.geometry === "Point";
    const button = (tool: Tool, word: Word) =>
      html`<button type="button" class="plain" @click=${() => act(tool)}>${w(word)}</button>`;
    return html`<div class="subject"><span>${subject.title}</span>
      ${layer === ROADS ? button("close", "plan.close.it") : nothing}
      ${point ? html`${button("lose", "plan.lose.it")}${button("move", "plan.move.it")}` : nothing}</div>`;
  }

  private line(c: Change): TemplateResult {
    const key = keyOf(c);
    const item = this.known.get(key);
    const layer = c.kind === "closed" ? ROADS : "layer" in c ? c.layer : "";
    const info = this.app.layer(layer);
    const named = item && info?.label ? item.properties[info.label] : undefined;
    const added = c.kind === "added" && info?.label ? c.properties[info.label] : undefined;
    const title =
      String(named ?? added ?? "") || `${say(info?.title)}${"id" in c ? ` ${c.id}` : ""}`;
    const place = "place" in c ? position(c.place, this.state.system) : "";
    const what = c.kind === "area" ? w("draw.polygon") : title;
    const geometry: GeoJSON.Geometry | null =
      c.kind === "area"
        ? { type: "Polygon", coordinates: [c.area] }
        : "place" in c
          ? { type: "Point", coordinates: c.place }
          : (item?.geometry ?? null);
    const look = () => {
      const at = geometry && middle(geometry);
      if (at) this.app.map?.camera.fly(at, Math.max(13, this.state.view?.zoom ?? 13));
    };
    return html`<li @pointerenter=${() => this.app.map?.light(geometry)} @pointerleave=${() => this.app.map?.light(null)}>
      <button type="button" @click=${look}><b>${w(`change.${c.kind}`)}</b> <span>${what}</span>${place ? html` <small class="number">${place}</small>` : nothing}</button>
      <button type="button" class="quiet" aria-label=${w("plan.undo", { name: what })} title=${w("plan.undo", { name: what })} @click=${() => {
        this.changes = this.changes.filter((x) => keyOf(x) !== key);
      }}>${icon("close", 14)}</button></li>`;
  }
}

// The fields that questions read of an added record: its name, its class, its numbers.
function given(layer: LayerInfo): Field[] {
  const wanted = (f: Field) =>
    f.name === layer.label || ((f.type === "integer" || f.type === "number") && f.required);
  const more = layer.fields.filter(
    (f) => /capacity|people|members|occupancy/.test(f.name) && numeric(f),
  );
  return [...new Set([...layer.fields.filter(wanted), ...more])].slice(0, 5);
}

function numeric(f: Field | undefined): boolean {
  return f?.type === "integer" || f?.type === "number";
}

customElements.define("om-ask-plan", PlanEditor);
