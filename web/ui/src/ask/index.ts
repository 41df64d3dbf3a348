import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Problem } from "../api/client.ts";
import type { Asking, Fetched } from "../app/state.ts";
import { lang, say } from "../i18n/t.ts";
import { icon } from "../ui/icons.ts";
import { Part } from "../ui/part.ts";
import { type Answered, type Job, questions } from "./api.ts";
import { brief } from "./brief.ts";
import { Overlay, type Pointed } from "./overlay.ts";
import type { Inputs, Question, Saved, Scenario } from "./types.ts";
import { withUnit } from "./value.ts";
import { type Word, w } from "./words.ts";
import "./answer.ts";
import "./bar.ts";
import "./form.ts";
import "./plan.ts";
import "./styles/index.css";

/** Where an asked question stands. */
type Stage =
  | { is: "none" }
  | { is: "asking"; job: Job | null }
  | { is: "answered"; value: Answered }
  | { is: "failed"; error: Error };

/** The questions at the map's right: their list, the form of one, and its answer. */
export class AskPanel extends Part {
  static override properties = {
    ...Part.properties,
    list: { state: true },
    stage: { state: true },
    editing: { state: true },
    overlay: { state: true },
    pointed: { state: true },
    plan: { state: true },
  };
  declare list: Fetched<Question[]>;
  declare stage: Stage;
  /** Whether the form of an asked question is open. */
  declare editing: boolean;
  declare overlay: Overlay | null;
  declare pointed: Pointed | null;
  /** The scenario that is being edited. */
  declare plan: Saved | Scenario | null;
  private readonly tip = (at: Pointed | null) => {
    this.pointed = at;
  };
  private running: AbortController | null = null;
  private shown: Asking | null = null;
  /** Whether what is asked comes from the form and not from a link, which says where the map is. */
  private fresh = false;
  private still = false;

  constructor() {
    super();
    this.list = { is: "loading" };
    this.stage = { is: "none" };
    this.editing = false;
    this.overlay = null;
    this.pointed = null;
    this.plan = null;
  }

  protected override watched() {
    return ["asking", "selection", "choices", "subject", "phone", "page"] as const;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    void this.cover();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.running?.abort();
    this.shown = null;
    this.stage = { is: "none" };
    const { map } = this.app;
    if (map && map.over === this.overlay) map.over = null;
    this.overlay?.remove();
    this.overlay = null;
  }

  private async load(): Promise<void> {
    this.list = { is: "loading" };
    try {
      this.list = { is: "here", value: await questions.list() };
    } catch (error) {
      this.list = { is: "failed", error: error as Error };
    }
  }

  // The map may come after this panel where a link opens both.
  private async cover(): Promise<void> {
    await window.onemap?.ready;
    const { map } = this.app;
    if (!map || !this.isConnected) return;
    await map.ready;
    this.overlay = new Overlay(map.map);
    this.overlay.pointed = this.tip;
    map.over = this.overlay;
  }

  protected override willUpdate(): void {
    const { asking } = this.state;
    if (asking === this.shown) return;
    const before = this.shown;
    this.shown = asking;
    const same = before !== null && asking !== null && key(before) === key(asking);
    if (same) return;
    this.running?.abort();
    this.running = null;
    this.stage = { is: "none" };
    this.editing = false;
    // A link says where the map is; what is asked here, or anew in a scenario, is gone to.
    const again = JSON.stringify(before?.inputs ?? null) === JSON.stringify(asking?.inputs ?? null);
    this.still = !this.fresh && !again && window.location.hash.includes("map=");
    this.fresh = false;
    if (asking?.question && asking.inputs) void this.run(asking, asking.inputs);
  }

  protected override updated(changed: PropertyValues): void {
    const element = this.querySelector<HTMLElement>(".ask-tip");
    if (element && this.pointed) place(element, this.pointed);
    if (changed.has("stage") && this.stage.is === "answered") {
      this.querySelector<HTMLElement>(".ask > .body")?.scrollTo(0, 0);
    }
  }

  private async run(asking: Asking, inputs: Inputs): Promise<void> {
    const mine = new AbortController();
    this.running = mine;
    this.stage = { is: "asking", job: null };
    const { question, scenario, compare } = asking;
    const order = { question: question as string, inputs, scenario, compare };
    const tell = (job: Job) => {
      if (this.running === mine) this.stage = { is: "asking", job };
    };
    try {
      const value = await questions.ask(order, tell, mine.signal);
      if (this.running === mine) this.stage = { is: "answered", value };
    } catch (error) {
      if (this.running !== mine) return;
      if (mine.signal.aborted) this.stage = { is: "none" };
      else this.stage = { is: "failed", error: error as Error };
      this.editing = true;
    }
  }

  private submit(inputs: Inputs): void {
    const { asking } = this.state;
    if (!asking) return;
    const next = { ...asking, inputs };
    // The same once more is asked once more.
    this.fresh = key(next) !== key(asking);
    this.still = false;
    if (this.fresh) this.app.store.set({ asking: next });
    else void this.run(next, inputs);
    this.editing = false;
    // The form folds away: who works by keyboard goes on at its head.
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".asked > summary")?.focus(),
    );
  }

  private cancel(): void {
    this.running?.abort();
    this.app.say(w("cancelled"));
  }

  private close(): void {
    this.app.ask(null);
    this.app.map?.map.getCanvas().focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (this.plan) this.plan = null;
    else if (this.stage.is === "asking") this.cancel();
    else if (this.state.asking?.question) this.back();
    else this.close();
  }

  private back(): void {
    const id = this.state.asking?.question;
    this.app.ask({ scenario: this.state.asking?.scenario ?? null });
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`[data-question="${id}"]`)?.focus(),
    );
  }

  protected override render() {
    const { selection, choices, phone, asking } = this.state;
    const under = selection !== null || choices.length > 0;
    const question = this.question();
    return html`<aside class="side card ask" ?hidden=${under} data-covers=${phone ? "bottom" : "right"} data-brief aria-label=${w("title")} @keydown=${this.key}>
        <header>
          ${this.plan ? this.upward("unplan", "plan.back") : asking?.question ? this.upward("back", "back") : nothing}
          <h2>${this.plan ? w("plan") : question ? say(question.title) : w("title")}</h2>
          ${asking?.scenario && !this.plan ? html`<p class="scenario-tag">${w("scenario.in", { name: asking.scenario })}</p>` : nothing}
          <button type="button" class="quiet" data-act="close" aria-label=${w("close")} title=${w("close")} @click=${() => this.close()}>${icon("close")}</button>
        </header>
        <div class="body">${this.body(question)}</div>
        <p class="sr" role="status" aria-live="polite">${this.announced()}</p>
      </aside>
      ${this.pointed ? html`<div class="tooltip card ask-tip" role="tooltip"><b>${this.pointed.drawn.title}</b>${this.pointed.drawn.note ? html`<p>${this.pointed.drawn.note}</p>` : nothing}</div>` : nothing}`;
  }

  private upward(act: string, word: Word): TemplateResult {
    const go = () => {
      if (this.plan) this.plan = null;
      else this.back();
    };
    return html`<button type="button" class="text back" data-act=${act} @click=${go}>${icon("left", 14)}${w(word)}</button>`;
  }

  private question(): Question | undefined {
    const { asking } = this.state;
    if (!asking?.question || this.list.is !== "here") return undefined;
    return this.list.value.find((q) => q.id === asking.question);
  }

  private announced(): string {
    const { stage } = this;
    if (stage.is === "asking") return w("asking");
    if (stage.is === "failed") return w("failed");
    if (stage.is !== "answered") return "";
    const { summary } = stage.value.answer;
    const words = summary.map((f) => `${say(f.title)} ${withUnit(f.value, f.unit)}`);
    return w("answer.ready", { summary: words.join(lang() === "zh" ? "，" : ", ") });
  }

  private body(question: Question | undefined): TemplateResult {
    const { list } = this;
    if (list.is === "loading" || !this.app.catalogue) {
      return html`<div class="skeleton" role="status" aria-label=${w("loading")}>${[5, 6, 4, 6].map((n) => html`<i class="w${n}"></i>`)}</div>`;
    }
    if (list.is === "failed") return this.unlisted(list.error);
    if (this.plan) {
      return html`<om-ask-plan .app=${this.app} .scenario=${this.plan} .overlay=${this.overlay} .saved=${(name: string) => this.planned(name)}></om-ask-plan>`;
    }
    const { asking } = this.state;
    if (!asking?.question) return this.choices(list.value);
    if (!question) return html`<p class="hint">${asking.question}: ${w("list.ago")}</p>`;
    return this.asked(question, asking);
  }

  private unlisted(error: Error): TemplateResult {
    const none = error instanceof Problem && error.status === 404;
    return html`<div class="failed" role="alert"><p>${w(none ? "list.none" : "list.failed")}</p>
      ${none ? nothing : html`<p class="detail">${error.message}</p>`}
      <button type="button" @click=${() => void this.load()}>${w("retry")}</button></div>`;
  }

  private choices(list: readonly Question[]): TemplateResult {
    return html`${this.about()}<p class="intro">${w("intro")}</p>${this.bar()}
      <ul class="questions">${list.map(
        (q) =>
          html`<li><button type="button" data-question=${q.id} @click=${() => this.choose(q)}><b>${say(q.title)}</b><small>${say(q.description)}</small></button></li>`,
      )}</ul>`;
  }

  private choose(q: Question): void {
    this.app.store.set({
      asking: {
        question: q.id,
        inputs: null,
        scenario: this.state.asking?.scenario ?? null,
        compare: false,
      },
    });
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>("om-ask-form :is(input, textarea, select, button)")?.focus(),
    );
  }

  // A record that is asked about waits until a question is chosen.
  private about(): TemplateResult | typeof nothing {
    const { subject } = this.state;
    if (!subject) return nothing;
    return html`<p class="subject">${icon("pin", 16)}<span>${w("subject", { name: subject.title })}</span>
      <button type="button" class="text" @click=${() => this.app.store.set({ subject: null })}>${w("subject.drop")}</button></p>`;
  }

  private asked(question: Question, asking: Asking): TemplateResult {
    const { stage } = this;
    const busy = stage.is === "asking";
    const refusal = stage.is === "failed" && stage.error instanceof Problem ? stage.error : null;
    const form = html`<om-ask-form .app=${this.app} .question=${question} .given=${asking.inputs} .overlay=${stage.is === "answered" && !this.editing ? null : this.overlay}
      .refusal=${refusal} .busy=${busy} .asked=${(inputs: Inputs) => this.submit(inputs)}></om-ask-form>`;
    return html`
      ${this.bar()}
      ${
        asking.inputs
          ? html`<details class="asked" ?open=${this.editing} @toggle=${(e: Event) => {
              this.editing = (e.target as HTMLDetailsElement).open;
            }}><summary><span>${brief(question, asking.inputs, this.app) || w("inputs.usual")}</span><em>${w("inputs.change")}</em></summary>${form}</details>`
          : html`<p class="intro">${say(question.description)}</p>${form}`
      }
      ${stage.is === "asking" ? this.waiting(stage.job) : nothing}
      ${stage.is === "failed" ? this.failed(question, stage.error) : nothing}
      ${stage.is === "answered" ? html`<om-ask-answer .app=${this.app} .answered=${stage.value} .still=${this.still} .overlay=${this.overlay} .pointed=${this.tip}></om-ask-answer>` : nothing}`;
  }

  private bar(): TemplateResult {
    return html`<om-ask-bar .app=${this.app} .edit=${(plan: Saved | Scenario) => {
      this.plan = plan;
    }}></om-ask-bar>`;
  }

  private planned(name: string): void {
    this.plan = null;
    const { asking } = this.state;
    if (!asking) return;
    // A scenario of this name may have changed: what was asked in it is asked anew.
    if (asking.scenario === name && asking.inputs) void this.run(asking, asking.inputs);
    else this.app.store.set({ asking: { ...asking, scenario: name } });
  }

  private waiting(job: Job | null): TemplateResult {
    const share = job?.progress ?? 0;
    const word = job?.status === "accepted" ? w("asking.queued") : job?.message || w("asking");
    return html`<div class="asking"><p><span>${word}</span> ${share > 0 ? html`<span class="number">${w("asking.share", { n: share })}</span>` : nothing}</p>
      <progress max="100" value=${share > 0 ? share : nothing} aria-label=${w("asking")}></progress>
      <button type="button" class="plain" data-act="cancel" @click=${() => this.cancel()}>${w("cancel")}</button></div>`;
  }

  private failed(question: Question, error: Error): TemplateResult | typeof nothing {
    const field = error instanceof Problem ? error.field : undefined;
    // What is wrong with an input stands at the input.
    if (field && question.inputs.some((i) => i.name === field)) return nothing;
    return html`<div class="failed" role="alert"><p><b>${w("failed")}</b></p>
      <p class="detail">${lang() === "zh" ? `${w("detail")}：` : ""}<span lang="en">${error.message}</span></p>
      <button type="button" @click=${() => {
        const { asking } = this.state;
        if (asking?.inputs) void this.run(asking, asking.inputs);
      }}>${w("retry")}</button></div>`;
  }
}

function key(asking: Asking): string {
  return JSON.stringify([asking.question, asking.inputs, asking.scenario, asking.compare]);
}

// Set by script and not as an attribute, which the page's policy would not let pass.
function place(element: HTMLElement, { x, y }: Pointed): void {
  const left = x > window.innerWidth - 280;
  element.style.left = left ? "auto" : `${x + 14}px`;
  element.style.right = left ? `${window.innerWidth - x + 14}px` : "auto";
  element.style.top = `${Math.min(y + 14, window.innerHeight - 90)}px`;
}

customElements.define("om-ask", AskPanel);
