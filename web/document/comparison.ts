/**
 * Bars of LSG beside full attention, which grow while passes are measured.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { ComparedPass } from "./protocol.ts";

/** Heads and layers do not matter: a table of all scores of one head and one layer. */
const BYTES = 4;

/** A chart of passes. */
export class Comparison {
  /** The elements of the chart. */
  readonly elements: readonly HTMLElement[];
  readonly #bars = element("div", { class: "bars" });
  readonly #sum = element("p", { class: "sum" });
  readonly #passes: ComparedPass[] = [];

  /** Makes an empty chart. */
  constructor() {
    this.elements = [
      this.#sum,
      this.#bars,
      element(
        "p",
        { class: "note" },
        "A text that is too short is repeated. Both attentions are computed in tiles, without a table of " +
          "all scores, which at 16,384 tokens would take ",
        element("b", {}, megabytes(16384 ** 2 * BYTES)),
        " for each head: so memory grows with the length alone.",
      ),
    ];
  }

  /** Adds a pass. */
  add(pass: ComparedPass): void {
    this.#passes.push(pass);
    const most = Math.max(...this.#passes.map(({ seconds }) => seconds));
    const lengths = [...new Set(this.#passes.map(({ tokens }) => tokens))];
    this.#bars.replaceChildren(...lengths.map((tokens) => this.#group(tokens, most)));
    this.#sum.textContent = this.summary();
  }

  /** What the passes show, in a sentence. */
  summary(): string {
    const last = this.#passes.findLast(({ attention }) => attention === "full");
    const lsg = last &&
      this.#passes.find((pass) => pass.tokens === last.tokens && pass.attention !== "full");
    if (!last || !lsg) return "";
    const ratio = last.seconds / lsg.seconds;
    const said = ratio >= 1
      ? `LSG is ${ratio.toFixed(1)} times as fast as full attention`
      : `full attention is still ${(1 / ratio).toFixed(1)} times as fast as LSG`;
    return `At ${last.tokens.toLocaleString("en")} tokens ${said}.`;
  }

  #group(tokens: number, most: number): HTMLElement {
    const bars = this.#passes.filter((pass) => pass.tokens === tokens).map((pass) => {
      const isFull = pass.attention === "full";
      const share = String(pass.seconds / most);
      return element(
        "div",
        { class: `bar-row ${isFull ? "full" : "lsg"}` },
        element("span", { class: "name" }, isFull ? "full" : "LSG"),
        element(
          "span",
          { class: "track" },
          element("span", { class: "fill", style: `--share: ${share}` }),
        ),
        element(
          "span",
          { class: "figure" },
          figuresOf(pass),
        ),
      );
    });
    const title = `${tokens.toLocaleString("en")} tokens`;
    return element("div", { class: "length" }, element("h3", {}, title), ...bars);
  }
}

function figuresOf({ seconds, tokens, bytes }: ComparedPass): string {
  const rate = Math.round(tokens / seconds).toLocaleString("en");
  return `${seconds.toFixed(2)} s · ${rate} tokens/s · ${megabytes(bytes)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}
