import { html, svg, type TemplateResult } from "lit";
import type { Code, LayerInfo } from "../api/types.ts";
import { hollow, outline, shape } from "../map/symbols.ts";

/** A form in its colour, as it stands on the map. */
export function symbol(form: string | undefined, colour: string, size = 16): TemplateResult {
  const empty = hollow(form);
  return html`<svg class="symbol" viewBox="-1 -1 26 26" width=${size} height=${size} aria-hidden="true">
    ${svg`<path d=${shape(form)} fill=${colour} fill-rule="evenodd"
      stroke=${empty ? "none" : outline(colour) === "#ffffff" ? "none" : outline(colour)}
      stroke-width="1.8" stroke-linejoin="round"></path>`}
  </svg>`;
}

/** How one code of a layer is drawn: a form for points, a stroke for lines, a patch for areas. */
export function swatch(layer: LayerInfo, code?: Code, size = 16): TemplateResult {
  const colour = code?.colour ?? layer.style.colour;
  if (layer.geometry.endsWith("LineString")) {
    return html`<svg class="symbol" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
      ${svg`<path d="M2 17 9 8 15 15 22 6" fill="none" stroke=${colour} stroke-width="3.4"
        stroke-linejoin="round" stroke-linecap="round"></path>`}
    </svg>`;
  }
  if (layer.geometry.endsWith("Polygon") && !code?.symbol) {
    return patch(layer, colour, size);
  }
  return symbol(code?.symbol ?? layer.style.symbol, colour, size);
}

/** A layer drawn by codes is recognised by its own form in the colour of its gravest code. */
export function layerKey(layer: LayerInfo, size = 16): TemplateResult {
  const first = layer.style.by ? layer.legend[0] : undefined;
  const form = layer.style.symbol;
  const own = form && form !== "circle";
  return swatch(layer, first && own ? { ...first, symbol: form } : first, size);
}

function patch(layer: LayerInfo, colour: string, size: number): TemplateResult {
  const hatched = layer.style.pattern === "diagonal";
  return html`<svg class="symbol" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
    ${svg`<rect x="3" y="3" width="18" height="18" rx="2" fill=${colour}
      fill-opacity=${hatched ? 0.18 : Math.max(0.35, layer.style.opacity ?? 0.5)} stroke=${colour} stroke-width="2"></rect>`}
    ${hatched ? svg`<path d="M3 13 13 3M3 21 21 3M11 21 21 11" stroke=${colour} stroke-width="2"></path>` : ""}
  </svg>`;
}
