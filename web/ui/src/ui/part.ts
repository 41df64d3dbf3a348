import { LitElement } from "lit";
import type { App } from "../app/app.ts";
import type { State } from "../app/state.ts";

/**
 * A part of the page: an element without a shadow, so that one set of styles and the
 * labels of one part can speak of another. It is drawn anew when what it watches changes.
 */
export abstract class Part extends LitElement {
  static override properties = { app: { attribute: false } };
  declare app: App;
  private stop: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The pieces of state that this part draws; the language always belongs to them. */
  protected watched(): readonly (keyof State)[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const keys = new Set<keyof State>(["lang", "catalogue", ...this.watched()]);
    this.stop = this.app.store.listen((state, before) => {
      for (const key of keys) {
        if (state[key] !== before[key]) {
          this.requestUpdate();
          return;
        }
      }
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  protected get state(): State {
    return this.app.store.now;
  }
}
