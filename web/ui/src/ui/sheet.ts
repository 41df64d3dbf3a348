import { html, nothing } from "lit";
import { t } from "../i18n/t.ts";
import { lateAsk } from "./late.ts";
import { Part } from "./part.ts";

/** The heights of the sheet, as shares of the screen; the lowest shows the search alone. */
const HEIGHTS = ["low", "half", "full"] as const;
type Height = (typeof HEIGHTS)[number];

/** On a phone the panels share one sheet that is drawn up from the foot of the screen. */
export class Sheet extends Part {
  static override properties = { ...Part.properties, height: { state: true } };
  declare height: Height;
  private from = 0;
  private started = 0;

  constructor() {
    super();
    this.height = "low";
  }

  // A link may open what is asked.
  protected override firstUpdated(): void {
    if (this.state.asking) this.height = "half";
  }

  protected override watched() {
    return ["selection", "choices", "asking"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.app.store.listen((state, before) => {
      const chosen = state.selection !== before.selection || state.choices !== before.choices;
      if (chosen && (state.selection || state.choices.length > 0)) this.height = "half";
      // A form needs room; what is drawn on the map, and what is answered there, must be seen.
      const { asking } = state;
      if (state.tool === "draw" && before.tool !== "draw") this.height = "low";
      else if (before.tool === "draw" && state.tool !== "draw" && asking) this.height = "full";
      if (asking === before.asking || !asking) return;
      if (asking.inputs || !before.asking) this.height = "half";
      else if (asking.question && !before.asking.question) this.height = "full";
    });
  }

  protected override render() {
    const { selection, choices, asking } = this.state;
    const record = selection !== null || choices.length > 0;
    const next = this.height === "full" ? t("sheet.lower") : t("sheet.raise");
    return html`<div class="sheet card ${this.height}" data-covers="bottom" ?data-brief=${this.height !== "low"} data-height=${this.height}>
      <button type="button" class="grip" aria-label=${next}
        @pointerdown=${this.grip} @pointermove=${this.drag} @pointerup=${this.drop} @pointercancel=${this.drop}
        @keydown=${this.key}><i></i></button>
      <div class="content" @focusin=${this.focused}>
        ${record ? html`<om-record .app=${this.app}></om-record>` : asking ? nothing : html`<om-panel .app=${this.app}></om-panel>`}
        ${asking ? lateAsk(this.app, () => this.requestUpdate()) : nothing}
      </div>
    </div>`;
  }

  private get element(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".sheet");
  }

  private move(by: number): void {
    const i = HEIGHTS.indexOf(this.height) + by;
    this.height = HEIGHTS[Math.min(HEIGHTS.length - 1, Math.max(0, i))] as Height;
  }

  // Typing needs room for what is found.
  private focused(event: FocusEvent): void {
    if (event.target instanceof HTMLInputElement && this.height === "low") this.height = "full";
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "ArrowUp") this.move(1);
    else if (event.key === "ArrowDown") this.move(-1);
    else if (event.key === "Enter" || event.key === " ") this.turn();
    else return;
    event.preventDefault();
  }

  private turn(): void {
    this.height = this.height === "full" ? "low" : this.height === "half" ? "full" : "half";
  }

  private grip(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.from = event.clientY;
    this.started = this.element?.getBoundingClientRect().height ?? 0;
  }

  private drag(event: PointerEvent): void {
    if (this.from === 0 || !this.element) return;
    this.element.style.height = `${this.started + this.from - event.clientY}px`;
  }

  private drop(event: PointerEvent): void {
    if (this.from === 0 || !this.element) return;
    const moved = this.from - event.clientY;
    this.from = 0;
    this.element.style.height = "";
    if (Math.abs(moved) < 6) this.turn();
    else if (Math.abs(moved) > window.innerHeight * 0.45) this.height = moved > 0 ? "full" : "low";
    else this.move(moved > 0 ? 1 : -1);
  }
}

customElements.define("om-sheet", Sheet);
