import { html, nothing, type PropertyValues } from "lit";
import type { Problem } from "../api/client.ts";
import type { System } from "../format/angle.ts";
import { Part } from "../ui/part.ts";
import { same } from "./brief.ts";
import { AREA } from "./colours.ts";
import type { Features } from "./features.ts";
import { type Filled, fill, read, rewrite, type Wrongs, write } from "./fill.ts";
import { field, type Holder } from "./input.ts";
import type { Overlay } from "./overlay.ts";
import { type Draft, draftOf, type Form, middle, outline, readShape } from "./shape.ts";
import type { Sketch } from "./sketch.ts";
import type { Input, Inputs, Question, Shape } from "./types.ts";
import { w } from "./words.ts";

const NOTHING: Features = { type: "FeatureCollection", features: [] };

/** The form of one question, made from its inputs. */
export class AskForm extends Part implements Holder {
  static override properties = {
    ...Part.properties,
    question: { attribute: false },
    given: { attribute: false },
    refusal: { attribute: false },
    overlay: { attribute: false },
    busy: { type: Boolean },
    filled: { state: true },
    wrong: { state: true },
    drawing: { state: true },
  };
  declare question: Question;
  /** The inputs it was asked with; null for a new one. */
  declare given: Inputs | null;
  declare refusal: Problem | null;
  /** Where what is filled in is drawn; null: an answer is there in its place. */
  declare overlay: Overlay | null;
  declare busy: boolean;
  declare filled: Filled;
  declare wrong: Wrongs;
  declare drawing: { name: string; form: Form } | null;
  /** Told the inputs when they are good. */
  declare asked: (inputs: Inputs) => void;
  private sketch: Sketch | null = null;
  private system: System = "degrees";

  private readonly key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.drawing) return;
    event.preventDefault();
    event.stopPropagation();
    this.stopDrawing();
  };

  constructor() {
    super();
    this.given = null;
    this.refusal = null;
    this.filled = {};
    this.wrong = {};
    this.drawing = null;
  }

  protected override watched() {
    return ["system", "subject", "tool"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.key, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.key, true);
    this.stopDrawing();
    this.overlay?.draft(NOTHING);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { system, subject, tool } = this.state;
    // Another tool was taken in hand.
    if (this.drawing && tool !== "draw") this.stopDrawing();
    if (changed.has("question") || changed.has("given")) {
      this.filled = fill(this.question, this.given, system);
      this.wrong = {};
      this.system = system;
    }
    if (changed.has("refusal")) this.wrong = this.said();
    if (system !== this.system) {
      this.filled = rewrite(this.question, this.filled, this.system, system);
      this.system = system;
    }
    if (subject) this.take(subject.geometry);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get("overlay")) changed.get("overlay")?.draft(NOTHING);
    changed.get("overlay")?.draft(NOTHING);
    if (changed.has("filled") || changed.has("overlay")) this.overlay?.draft(this.sketched());
  }

  // What the server says of an input stands at the input.
  private said(): Wrongs {
    const { refusal, question } = this;
    if (!refusal?.field || !question.inputs.some((i) => i.name === refusal.field)) return {};
    return { [refusal.field]: refusal.message };
  }

  // The record that is asked about goes where a place or an area is wanted: into the first
  // such input that is empty, else into the first.
  private take(geometry: GeoJSON.Geometry): void {
    queueMicrotask(() => this.app.store.set({ subject: null }));
    const fitting = this.question.inputs.filter((i) => i.kind === "place" || i.kind === "shape");
    const empty = (i: Input) => {
      const v = this.filled[i.name];
      return i.kind === "place" ? v === "" : (v as Draft).text === "";
    };
    const input = fitting.find(empty) ?? fitting[0];
    if (!input) return;
    const at = middle(geometry);
    const shape: Shape | null =
      input.kind === "shape" ? geometry : at && { type: "Point", coordinates: at };
    if (shape) this.put(input, shape);
  }

  private put(input: Input, shape: Shape): void {
    const { system } = this.state;
    if (input.kind === "shape") {
      this.set(input.name, draftOf(shape, system));
      return;
    }
    if (shape.type !== "Point") return;
    const text = String(write({ ...input, many: false }, shape.coordinates, system));
    const before = String(this.filled[input.name] ?? "").trim();
    this.set(input.name, input.many && before ? `${before}\n${text}` : text);
  }

  set(name: string, value: unknown): void {
    this.filled = { ...this.filled, [name]: value };
    if (this.wrong[name]) {
      const { [name]: _, ...others } = this.wrong;
      this.wrong = others;
    }
  }

  async draw(name: string, form: Form): Promise<void> {
    this.stopDrawing();
    const map = this.app.map?.map;
    if (!map) return;
    this.drawing = { name, form };
    this.app.store.set({ tool: "draw" });
    // The sheet is drawn down, and with it what it says.
    if (this.state.phone) this.app.say(w(`draw.help.${form}`));
    try {
      const { Sketch } = await import("./sketch.ts");
      if (this.drawing?.name !== name || this.drawing.form !== form) return;
      this.sketch = new Sketch(map, form, (shape) => {
        this.sketch = null;
        this.stopDrawing();
        const input = this.question.inputs.find((i) => i.name === name);
        if (input) this.put(input, shape);
      });
    } catch {
      this.stopDrawing();
      this.app.say(w("draw.failed"), "error");
    }
  }

  stopDrawing(): void {
    this.sketch?.stop();
    this.sketch = null;
    if (!this.drawing) return;
    this.drawing = null;
    if (this.state.tool === "draw") this.app.store.set({ tool: "none" });
  }

  // The places and shapes that can be read, for the map.
  private sketched(): Features {
    const { system } = this.state;
    const geometries = this.question.inputs.flatMap((input): GeoJSON.Geometry[] => {
      const value = this.filled[input.name];
      if (input.kind === "shape") {
        const { shape } = readShape(value as Draft, system);
        return shape ? [outline(shape)] : [];
      }
      if (input.kind !== "place") return [];
      const { inputs } = read({ ...this.question, inputs: [input] }, this.filled, system);
      const at = inputs[input.name];
      if (!Array.isArray(at)) return [];
      return [{ type: "MultiPoint", coordinates: input.many ? at : [at] }];
    });
    return {
      type: "FeatureCollection",
      features: geometries.map((geometry, i) => ({
        type: "Feature",
        geometry,
        properties: {
          kind: "draft",
          colour: AREA,
          key: String(i),
          label: "",
          title: "",
          note: "",
          rank: 0,
        },
      })),
    };
  }

  protected override render() {
    const { question, wrong, drawing, busy } = this;
    const n = Object.keys(wrong).length;
    const first = foremost(question.inputs);
    const rest = question.inputs.filter((i) => !first.includes(i));
    return html`<form novalidate @submit=${this.submit}>
      ${first.map((input) => field(this, input, wrong[input.name]))}
      ${
        rest.length > 0
          ? html`<details class="further" ?open=${this.further}><summary>${w("inputs.more", { n: rest.length })}</summary><div class="rest">${rest.map((input) => field(this, input, wrong[input.name]))}</div></details>`
          : nothing
      }
      ${drawing ? html`<p class="drawing" role="status">${w(`draw.help.${drawing.form}`)} <button type="button" class="text" @click=${() => this.stopDrawing()}>${w("cancel")}</button></p>` : nothing}
      <div class="send"><button type="submit" class="go" ?disabled=${busy}>${w("submit")}</button>
        <span class="bad" role="alert">${n > 0 ? w("wrong.some", { n }) : ""}</span></div>
    </form>`;
  }

  // Those that are given or wrong are not hidden.
  private get further(): boolean {
    const first = foremost(this.question.inputs);
    return this.question.inputs.some(({ name, default: usual }) => {
      if (first.some((i) => i.name === name)) return false;
      const given = this.given?.[name];
      return (
        this.wrong[name] !== undefined ||
        (given !== undefined && given !== false && !same(given, usual))
      );
    });
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.stopDrawing();
    const { inputs, wrong } = read(this.question, this.filled, this.state.system);
    this.wrong = wrong;
    const first = Object.keys(wrong)[0];
    if (first === undefined) this.asked(inputs);
    else
      void this.updateComplete.then(() =>
        this.querySelector<HTMLElement>(`#ask-${first}`)?.focus(),
      );
  }
}

// How many inputs that are not needed are shown at first.
const FEW = 4;

// What is needed, where it is, and the first few of the rest.
function foremost(inputs: readonly Input[]): Input[] {
  const needed = (i: Input) => i.required || i.kind === "place" || i.kind === "shape";
  const others = inputs.filter((i) => !needed(i));
  const few = others.length <= FEW + 1 ? others : others.slice(0, FEW);
  return inputs.filter((i) => needed(i) || few.includes(i));
}

customElements.define("om-ask-form", AskForm);
