import { html, nothing, type TemplateResult } from "lit";
import type { LayerInfo } from "../api/types.ts";
import { whole } from "../format/number.ts";
import { say, t } from "../i18n/t.ts";
import { type Found, nameOf } from "../map/pick.ts";
import type { Pointed } from "../map/pointer.ts";
import { Part } from "./part.ts";
import { swatch } from "./symbol.ts";

/** What is under the pointer, in a word; the record says the rest. */
export class Tooltip extends Part {
  static override properties = { ...Part.properties, pointed: { state: true } };
  declare pointed: Pointed | null;
  private readonly changed = (event: Event) => {
    this.pointed = (event as CustomEvent<Pointed | null>).detail;
  };

  constructor() {
    super();
    this.pointed = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("om-pointed", this.changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("om-pointed", this.changed);
  }

  protected override updated(): void {
    const element = this.querySelector<HTMLElement>(".tooltip");
    if (element && this.pointed) place(element, this.pointed);
  }

  protected override render() {
    const { pointed } = this;
    const layer = pointed ? this.app.layer(pointed.found.layer) : undefined;
    if (!pointed || !layer) return nothing;
    return html`<div class="tooltip card" role="tooltip">
      ${pointed.found.cluster ? gathered(layer, pointed.found) : single(layer, pointed.found)}
    </div>`;
  }
}

// Set by script and not as an attribute, which the page's policy would not let pass.
function place(element: HTMLElement, { x, y }: Pointed): void {
  const left = x > window.innerWidth - 280;
  element.style.left = left ? "auto" : `${x + 14}px`;
  element.style.right = left ? `${window.innerWidth - x + 14}px` : "auto";
  element.style.top = `${Math.min(y + 14, window.innerHeight - 160)}px`;
}

function single(layer: LayerInfo, found: Found): TemplateResult {
  const { by } = layer.style;
  const code = by ? layer.legend.find((c) => c.code === found.feature.properties[by]) : undefined;
  const name = nameOf(layer, found.feature);
  return html`<b>${name || say(layer.title)}</b>
    <p>${swatch(layer, code, 14)}${name ? say(layer.title) : ""}${code ? `${name ? " · " : ""}${say(code.title)}` : ""}</p>`;
}

function gathered(layer: LayerInfo, found: Found): TemplateResult {
  const p = found.feature.properties;
  return html`<b>${say(layer.title)} · ${t("cluster", { n: whole(Number(p.point_count)) })}</b>
    ${
      layer.style.by
        ? html`<ul>${layer.legend
            .filter((c) => Number(p[`n_${c.code}`] ?? 0) > 0)
            .map(
              (c) =>
                html`<li>${swatch(layer, c, 14)}<span>${say(c.title)}</span><b class="number">${whole(Number(p[`n_${c.code}`]))}</b></li>`,
            )}</ul>`
        : nothing
    }
    <p class="hint">${t("cluster.help")}</p>`;
}

customElements.define("om-tooltip", Tooltip);
