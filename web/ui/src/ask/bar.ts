import { html, nothing } from "lit";
import type { Asking } from "../app/state.ts";
import { Part } from "../ui/part.ts";
import { scenarios } from "./api.ts";
import type { Saved, Scenario } from "./types.ts";
import { w } from "./words.ts";

/** In which scenario it is asked: as things are, in a saved one, or in a new one. */
export class ScenarioBar extends Part {
  static override properties = { ...Part.properties, all: { state: true }, sure: { state: true } };
  /** Those that are kept; null where the server keeps none. */
  declare all: { scenarios: readonly Saved[]; editable: boolean } | null;
  /** Whether deleting was asked for once. */
  declare sure: boolean;
  /** Told the scenario that is to be edited: one that is kept, or a new one. */
  declare edit: (scenario: Saved | Scenario) => void;

  constructor() {
    super();
    this.all = null;
    this.sure = false;
  }

  protected override watched() {
    return ["asking"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.list();
  }

  private async list(): Promise<void> {
    this.all = await scenarios.list().catch(() => null);
  }

  protected override render() {
    const { all } = this;
    const { asking } = this.state;
    if (!all || !asking) return nothing;
    const { scenario, compare } = asking;
    const kept = all.scenarios.map((s) => s.name);
    const names = scenario !== null && !kept.includes(scenario) ? [...kept, scenario] : kept;
    const saved = all.scenarios.find((s) => s.name === scenario);
    if (!all.editable && names.length === 0) return nothing;
    const change = (e: Event) => {
      const select = e.target as HTMLSelectElement;
      const chosen = select.value;
      if (chosen === "+") {
        select.value = scenario === null ? "" : `=${scenario}`;
        this.edit({ name: "" });
      } else if (chosen === "") this.turn({ scenario: null, compare: false });
      else this.turn({ scenario: chosen.slice(1) });
    };
    return html`<div class="scenario-bar"><label for="ask-scenario">${w("scenario")}</label>
      <select id="ask-scenario" @change=${change}>
        <option value="" ?selected=${scenario === null}>${w("scenario.none")}</option>
        ${names.map((n) => html`<option value="=${n}" ?selected=${n === scenario}>${n}</option>`)}
        ${all.editable ? html`<option value="+">${w("scenario.new")}</option>` : nothing}</select>
      ${
        scenario === null
          ? nothing
          : html`${
              saved && all.editable
                ? html`<button type="button" class="text" data-act="plan" @click=${() => this.edit(saved)}>${w("scenario.edit")}</button>
            <button type="button" class="text" data-act="unsave" @click=${() => void this.drop(saved)} @blur=${() => {
              this.sure = false;
            }}>${w(this.sure ? "plan.sure" : "plan.remove")}</button>`
                : nothing
            }
            <label class="check"><input type="checkbox" data-act="compare" .checked=${compare} @change=${(e: Event) => this.turn({ compare: (e.target as HTMLInputElement).checked })} />${w("scenario.compare")}</label>`
      }</div>`;
  }

  private turn(patch: Partial<Asking>): void {
    const { asking } = this.state;
    if (asking) this.app.store.set({ asking: { ...asking, ...patch } });
  }

  // Asked for twice, as others may use it too.
  private async drop(saved: Saved): Promise<void> {
    if (!this.sure) {
      this.sure = true;
      return;
    }
    this.sure = false;
    try {
      await scenarios.remove(saved);
      this.app.say(w("plan.removed", { name: saved.name }));
      this.turn({ scenario: null, compare: false });
      await this.list();
    } catch (error) {
      this.app.say((error as Error).message, "error");
    }
  }
}

customElements.define("om-ask-bar", ScenarioBar);
