import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { whole } from "../format/number.ts";
import { say } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { type FindingFilter, surveys } from "./api.ts";
import { type Features, faults } from "./overlay.ts";
import { Piece } from "./piece.ts";
import { trouble } from "./say.ts";
import { sign } from "./sign.ts";
import type { Finding, Group, Severity } from "./types.ts";
import { type Word, w } from "./words.ts";

const PAGE = 300;
const PLACES = 10_000;
const ROW = 46;
const SPARE = 6;

/** What was found: by rule, one by one, and on the map. */
export class FindingsPiece extends Piece {
  static override properties = {
    ...Piece.properties,
    filter: { state: true },
    rows: { state: true },
    phase: { state: true },
    error: { state: true },
    chosen: { state: true },
    top: { state: true },
    room: { state: true },
    drawn: { state: true },
  };
  declare filter: FindingFilter;
  declare rows: readonly Finding[];
  declare phase: "idle" | "loading" | "failed";
  declare error: unknown;
  /** The number of the finding that is looked at. */
  declare chosen: number | null;
  declare top: number;
  declare room: number;
  declare drawn: number;
  private complete = false;
  private asked = "";
  private running: AbortController | undefined;

  constructor() {
    super();
    this.filter = {};
    this.rows = [];
    this.phase = "idle";
    this.error = null;
    this.chosen = null;
    this.top = 0;
    this.room = 600;
    this.drawn = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.overlay.picked = (key) => void this.choose(Number(key), false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.running?.abort();
    this.overlay.picked = null;
    this.overlay.clear();
    this.asked = "";
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("batch") && !changed.has("filter")) return;
    const { tally, id, updated_at } = this.batch;
    const key = JSON.stringify([id, tally, updated_at, this.filter]);
    if (key === this.asked) return;
    this.asked = key;
    if (tally) void this.fetch();
  }

  private async fetch(): Promise<void> {
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    this.phase = "loading";
    this.chosen = null;
    this.top = 0;
    const list = this.querySelector(".list");
    if (list) list.scrollTop = 0;
    try {
      const { id } = this.batch;
      const [rows, places] = await Promise.all([
        surveys.findings(id, this.filter, 0, PAGE, mine.signal),
        surveys.places(id, this.filter, PLACES, mine.signal),
      ]);
      this.rows = rows;
      this.complete = rows.length < PAGE;
      this.phase = "idle";
      const features: Features = faults(places);
      this.drawn = features.features.length;
      this.overlay.show(features);
      this.overlay.mark(null);
      if (features.features.length > 0) this.overlay.fit();
    } catch (error) {
      if (mine.signal.aborted) return;
      this.error = error;
      this.phase = "failed";
    }
  }

  private async further(): Promise<void> {
    if (this.complete || this.phase === "loading") return;
    this.phase = "loading";
    const mine = this.running;
    try {
      const after = this.rows.at(-1)?.number ?? 0;
      const more = await surveys.findings(this.batch.id, this.filter, after, PAGE, mine?.signal);
      if (mine?.signal.aborted) return;
      this.rows = [...this.rows, ...more];
      this.complete = more.length < PAGE;
      this.phase = "idle";
    } catch (error) {
      if (mine?.signal.aborted) return;
      this.error = error;
      this.phase = "failed";
    }
  }

  private get groups(): readonly Group[] {
    return this.batch.groups ?? [];
  }

  /** How many findings the filters choose. */
  private get total(): number {
    const { rule, field, severity } = this.filter;
    return this.groups
      .filter(
        (g) =>
          (!rule || g.rule === rule) &&
          (!field || g.field === field) &&
          (!severity || g.severity === severity),
      )
      .reduce((sum, g) => sum + g.count, 0);
  }

  protected override render() {
    const { tally, since } = this.batch;
    if (!tally) return nothing;
    const found = tally.errors + tally.warnings + tally.notices;
    return html`
      ${since ? html`<p class="since">${w("findings.since", { n: since.before, mended: whole(since.mended), remain: whole(since.remain), appears: whole(since.new) })}</p>` : nothing}
      ${found === 0 ? html`<p class="clean">${w("findings.none")}</p>` : this.body(found)}`;
  }

  private body(found: number): TemplateResult {
    const { tally } = this.batch;
    return html`
      ${this.severities()}
      <section class="block"><h3>${w("findings.groups")}</h3>${this.table()}</section>
      <section class="block list-block">
        <h3>${w("findings.list")}<span class="grow"></span>${this.stepper()}</h3>
        ${tally && found > tally.kept ? html`<p class="hint">${w("findings.kept", { all: whole(found), kept: whole(tally.kept) })}</p>` : nothing}
        ${this.drawn >= PLACES ? html`<p class="hint">${w("findings.map", { n: whole(PLACES) })}</p>` : nothing}
        ${this.detail()}
        ${this.list()}
        ${this.phase === "failed" ? trouble(this.error, () => void this.fetch()) : nothing}
      </section>`;
  }

  private severities(): TemplateResult {
    const { tally } = this.batch;
    const counts: [Severity, number][] = [
      ["error", tally?.errors ?? 0],
      ["warning", tally?.warnings ?? 0],
      ["notice", tally?.notices ?? 0],
    ];
    const { rule, field, severity } = this.filter;
    return html`<div class="chips filters-row" role="group" aria-label=${w("findings.severity")}>
      ${counts
        .filter(([, n]) => n > 0)
        .map(
          ([
            s,
            n,
          ]) => html`<button type="button" class="chip" data-severity=${s} aria-pressed=${severity === s ? "true" : "false"}
          @click=${() => this.choosing({ severity: severity === s ? "" : s })}>${sign(s)}${w(`severity.${s}` as Word)} <b class="number">${whole(n)}</b></button>`,
        )}
      ${this.fields()}
      ${rule || field || severity ? html`<button type="button" class="text" @click=${() => this.choosing({ rule: "", field: "", severity: "" })}>${w("findings.clear")}</button>` : nothing}
    </div>`;
  }

  private fields(): TemplateResult | typeof nothing {
    const names = [...new Set(this.groups.map((g) => g.field).filter((f) => f !== ""))];
    if (names.length < 2) return nothing;
    return html`<select aria-label=${w("findings.field")} @change=${(e: Event) => this.choosing({ field: (e.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!this.filter.field}>${w("findings.field")}: ${w("findings.all")}</option>
      ${names.map((f) => html`<option value=${f} ?selected=${this.filter.field === f}>${this.named(f)}</option>`)}</select>`;
  }

  private choosing(patch: FindingFilter): void {
    this.filter = { ...this.filter, ...patch };
  }

  private named(name: string): string {
    if (name === "geom") return w("position");
    const field = this.field(name);
    return field ? say(field.title) : name;
  }

  private table(): TemplateResult {
    const { rule, field } = this.filter;
    return html`<ul class="groups">${this.groups.map((g) => {
      const on = rule === g.rule && (field ?? "") === g.field;
      return html`<li class=${on ? "on" : ""}><button type="button" aria-pressed=${on ? "true" : "false"} data-rule=${g.rule}
        @click=${() => this.choosing(on ? { rule: "", field: "" } : { rule: g.rule, field: g.field, severity: "" })}>
        ${sign(g.severity)}<code>${g.rule}</code><span class="of">${g.field ? html`<b>${this.named(g.field)}</b> ` : nothing}${say(g.example)}</span>
        <b class="number">${whole(g.count)}</b></button></li>`;
    })}</ul>`;
  }

  private stepper(): TemplateResult {
    const at = this.rows.findIndex((r) => r.number === this.chosen);
    return html`<span class="step-of"><span class="number" role="status">${at >= 0 ? w("findings.at", { n: whole(at + 1), all: whole(this.total) }) : w("findings.count", { n: whole(this.total) })}</span>
      <button type="button" class="quiet" ?disabled=${at <= 0} aria-label=${w("findings.prev")} title=${w("findings.prev")} @click=${() => this.step(-1)}>${icon("left", 18)}</button>
      <button type="button" class="quiet" ?disabled=${this.rows.length === 0 || at >= this.total - 1} aria-label=${w("findings.next")} title=${w("findings.next")} @click=${() => this.step(1)}>${icon("right", 18)}</button></span>`;
  }

  private async step(by: number): Promise<void> {
    const at = this.rows.findIndex((r) => r.number === this.chosen);
    const next = at < 0 ? 0 : at + by;
    if (next >= this.rows.length) await this.further();
    const row = this.rows[next];
    if (row) await this.choose(row.number, true);
  }

  private list(): TemplateResult {
    if (this.rows.length === 0) {
      return this.phase === "loading"
        ? html`<div class="skeleton" role="status" aria-label=${w("loading")}><i class="w6"></i><i class="w5"></i><i class="w6"></i></div>`
        : html`<p class="empty">${w("findings.none.filter")}</p>`;
    }
    const from = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const to = Math.min(this.rows.length, Math.ceil((this.top + this.room) / ROW) + SPARE);
    return html`<div class="list" role="listbox" tabindex="0" aria-label=${w("findings.list")}
      aria-activedescendant=${this.chosen !== null ? `finding-${this.chosen}` : nothing}
      @scroll=${this.scrolled} @keydown=${this.key}>
      <div class="tall" .style=${`height: ${this.rows.length * ROW}px`}>
        ${this.rows.slice(from, to).map((f, i) => this.row(f, from + i))}
      </div></div>`;
  }

  private row(f: Finding, i: number): TemplateResult {
    const on = f.number === this.chosen;
    return html`<div class="finding ${on ? "on" : ""}" role="option" id=${`finding-${f.number}`} aria-selected=${on ? "true" : "false"}
      aria-setsize=${this.total} aria-posinset=${i + 1}
      .style=${`top: ${i * ROW}px`} @click=${() => void this.choose(f.number, true)}>
      ${sign(f.severity)}
      <span class="text-of"><span>${say(f.message)}</span>
        <small>${f.row ? w("findings.row", { n: whole(f.row) }) : w("findings.file")} · <code>${f.rule}</code>${f.field ? ` · ${this.named(f.field)}` : ""}${f.object ? ` · ${f.object}` : ""}${f.place ? "" : ` · ${w("findings.noplace")}`}</small></span>
    </div>`;
  }

  private detail(): TemplateResult | typeof nothing {
    const f = this.rows.find((r) => r.number === this.chosen);
    if (!f) return nothing;
    const fact = (label: string, text: string | undefined) =>
      text ? html`<div><dt>${label}</dt><dd>${text}</dd></div>` : nothing;
    // The message says in the reader's language what most rules allow.
    const allowed = f.allowed && f.message.en.includes(f.allowed) ? "" : f.allowed;
    return html`<div class="detail" role="status"><p>${sign(f.severity)}<b>${say(f.message)}</b></p>
      <dl>${fact(w("findings.value"), f.value)}${fact(w("findings.allowed"), allowed)}${fact(w("findings.repair"), f.repair)}${fact(w("findings.hint"), say(f.hint))}</dl></div>`;
  }

  private scrolled(event: Event): void {
    const list = event.currentTarget as HTMLElement;
    this.top = list.scrollTop;
    this.room = list.clientHeight;
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 20 * ROW) void this.further();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") void this.step(1);
    else if (event.key === "ArrowUp") void this.step(-1);
    else return;
    event.preventDefault();
  }

  /** Looks at a finding, in the list and on the map. */
  private async choose(number: number, go: boolean): Promise<void> {
    while (!this.complete && (this.rows.at(-1)?.number ?? 0) < number) {
      const before = this.rows.length;
      await this.further();
      if (this.rows.length === before) break;
    }
    const i = this.rows.findIndex((r) => r.number === number);
    const finding = this.rows[i];
    if (!finding) return;
    this.chosen = number;
    await this.updateComplete;
    const list = this.querySelector<HTMLElement>(".list");
    if (list) {
      const at = i * ROW;
      if (at < list.scrollTop || at + ROW > list.scrollTop + list.clientHeight) {
        list.scrollTop = Math.max(0, at - list.clientHeight / 2);
      }
    }
    this.overlay.mark(finding.place ?? null, go);
  }
}

customElements.define("om-import-findings", FindingsPiece);
