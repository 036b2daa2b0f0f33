/**
 * The matrix in the page: drawn, and the query chosen by pointer, keys or slider.
 *
 * @module
 */
/// <reference lib="dom" />
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { find } from "../shell/element.ts";
import { SCHEME_EVENT } from "../shell/shell.ts";
import { Painter } from "./paint.ts";

const square = find("#square");
const canvas = find<HTMLCanvasElement>("#matrix");
const strip = find<HTMLCanvasElement>("#strip");
const ruler = find("#ruler");
const slider = find<HTMLInputElement>("#query");

/** Height of the strip in pixels of the canvas; it is stretched. */
const STRIP_HEIGHT = 4;

/** The matrix and its chosen row. */
export class Matrix {
  #pattern: AttentionPattern | undefined;
  #painter: Painter | undefined;
  #row = 0;
  readonly #onQuery: (row: number) => void;

  /**
   * Listens to pointer, slider, size and colours.
   *
   * @param onQuery Called when another query is chosen.
   */
  constructor(onQuery: (row: number) => void) {
    this.#onQuery = onQuery;
    slider.addEventListener("input", () => this.#choose(Number(slider.value)));
    const point = (event: PointerEvent) => {
      if (!this.#painter || (event.pointerType !== "mouse" && event.type === "pointermove")) return;
      const { top, height } = canvas.getBoundingClientRect();
      this.#choose(this.#painter.rowAt((event.clientY - top) / height * canvas.height));
    };
    square.addEventListener("pointermove", point);
    square.addEventListener("pointerdown", point);
    new ResizeObserver(() => this.#redraw()).observe(square);
    document.addEventListener(SCHEME_EVENT, () => this.#redraw(true));
  }

  /** Draws a pattern, with a query in the middle if none is chosen. */
  show(
    pattern: AttentionPattern,
    row: number = pattern.globals + Math.floor(pattern.tokens / 2),
  ): void {
    this.#pattern = pattern;
    slider.max = String(pattern.rows.length - 1);
    this.#row = Math.min(row, pattern.rows.length - 1);
    this.#redraw(true);
  }

  /** The chosen row. */
  get row(): number {
    return this.#row;
  }

  /** Says what the slider's value means. */
  describe(text: string): void {
    slider.setAttribute("aria-valuetext", text);
  }

  #choose(row: number): void {
    if (row === this.#row) return;
    this.#row = row;
    this.#drawRow();
    this.#onQuery(row);
  }

  #redraw(isForced = false): void {
    const pixels = Math.round(square.clientWidth * devicePixelRatio);
    if (!this.#pattern || pixels === 0 || (!isForced && canvas.width === pixels)) return;
    const begin = performance.now();
    this.#painter = new Painter(this.#pattern, pixels);
    [canvas.width, canvas.height] = [pixels, pixels];
    this.#painter.draw(canvas.getContext("2d")!);
    [strip.width, strip.height] = [pixels, STRIP_HEIGHT];
    this.#drawRow();
    performance.measure("draw", { start: begin });
  }

  #drawRow(): void {
    if (!this.#painter) return;
    slider.value = String(this.#row);
    this.#painter.drawRow(strip.getContext("2d")!, this.#row);
    const [top, height] = this.#painter.placeOf(this.#row);
    ruler.style.top = `${top / devicePixelRatio - 1}px`;
    ruler.style.height = `${Math.max(height / devicePixelRatio, 1) + 2}px`;
  }
}
