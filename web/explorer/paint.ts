/**
 * The matrix on a canvas: pixels by coverage, then lines between cells and blocks.
 *
 * @module
 */
/// <reference lib="dom" />
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { type Layout, layOut, SQUARE } from "../../picture/layout.ts";
import type { KeyKind } from "../../picture/visible_keys.ts";
import { type Colour, colourOf, cssOf } from "./colours.ts";
import { type Coverage, PixelRows } from "./coverage.ts";

/** Least cell or block size, in pixels of the page, that gets grid lines. */
const GRID_CELL = 5;

/** Part of a kind's colour in its reach. */
const REACH = 0.35;

/** Global tokens that are thinner than a pixel are drawn as one. */
const THINNEST: Partial<Record<KeyKind, number>> = { global: 0.9 };

/** A picture of a pattern, and where its rows are. */
export class Painter {
  readonly #pattern: AttentionPattern;
  readonly #layout: Layout;
  readonly #rows: PixelRows;
  readonly #pixels: number;
  readonly #paper: Colour;
  readonly #empty: Colour;
  readonly #colours: readonly { colour: Colour; thinnest: number }[];

  /**
   * Lays out a pattern.
   *
   * @param pattern The pattern.
   * @param pixels Width and height of the picture, in pixels of the canvas.
   */
  constructor(pattern: AttentionPattern, pixels: number) {
    this.#pattern = pattern;
    this.#pixels = pixels;
    this.#layout = layOut(pattern);
    this.#rows = new PixelRows(pattern, this.#layout, pixels);
    [this.#paper, this.#empty] = [colourOf("--paper"), colourOf("--empty")];
    this.#colours = (Object.keys(pattern.legend) as KeyKind[]).map((kind) => ({
      colour: colourOf(`--key-${kind}`),
      thinnest: THINNEST[kind] ?? 0,
    }));
  }

  /** Draws the matrix. */
  draw(context: CanvasRenderingContext2D): void {
    const size = this.#pixels;
    const image = context.createImageData(size, size);
    const colours = this.#backgroundOf(image);
    for (let y = 0; y < size; y++) {
      if (this.#isGap(y)) continue;
      const coverage = this.#rows.ofPixels(y, y + 1);
      if (coverage) this.#fill(colours, coverage);
      image.data.set(colours, 4 * y * size);
    }
    context.putImageData(image, 0, 0);
    this.#drawLines(context);
  }

  /** Draws one row over a whole canvas. */
  drawRow(context: CanvasRenderingContext2D, row: number): void {
    const { height } = context.canvas;
    const image = context.createImageData(this.#pixels, height);
    const colours = this.#backgroundOf(image);
    this.#fill(colours, this.#rows.ofRow(row));
    for (let y = 0; y < height; y++) image.data.set(colours, 4 * y * this.#pixels);
    context.putImageData(image, 0, 0);
  }

  /** The row at a height, in pixels of the canvas. */
  rowAt(y: number): number {
    return this.#rows.rowAt(y);
  }

  /** Top and height of a row, in pixels of the canvas. */
  placeOf(row: number): [top: number, height: number] {
    const scale = this.#pixels / SQUARE;
    const top = this.#layout.start(row) * scale;
    return [top, this.#layout.end(row + 1) * scale - top];
  }

  #isGap(pixel: number): boolean {
    const at = (pixel + 0.5) * SQUARE / this.#pixels;
    const { globals } = this.#pattern;
    return globals > 0 && at > this.#layout.end(globals) && at < this.#layout.start(globals);
  }

  /** Makes a row of pixels; gaps stay transparent. */
  #backgroundOf({ width }: ImageData): Uint8ClampedArray {
    const colours = new Uint8ClampedArray(4 * width);
    for (let x = 0; x < width; x++) if (!this.#isGap(x)) colours[4 * x + 3] = 255;
    return colours;
  }

  /** Fills a row of pixels: keys over what they are chosen from, early kinds over later ones. */
  #fill(colours: Uint8ClampedArray, { keys, reach }: Coverage): void {
    const [red, green, blue] = this.#empty;
    for (let at = 0; at < colours.length; at += 4) {
      colours[at] = red;
      colours[at + 1] = green;
      colours[at + 2] = blue;
    }
    for (let k = keys.length - 1; k >= 0; k--) {
      const reached = reach[k];
      if (reached) mix(colours, reached, this.#colours[k].colour, REACH, 0);
    }
    for (let k = keys.length - 1; k >= 0; k--) {
      mix(colours, keys[k], this.#colours[k].colour, 1, this.#colours[k].thinnest);
    }
  }

  #drawLines(context: CanvasRenderingContext2D): void {
    const { globals, tokens, block } = this.#pattern;
    const scale = this.#pixels / SQUARE;
    const cell = this.#layout.cell * scale / devicePixelRatio;
    const draw = (every: number, first: number) => {
      context.beginPath();
      for (let index = first; index <= globals + tokens; index += every) {
        const at = Math.round(this.#layout.start(index) * scale);
        context.moveTo(0, at);
        context.lineTo(this.#pixels, at);
        context.moveTo(at, 0);
        context.lineTo(at, this.#pixels);
      }
      context.stroke();
    };
    context.lineWidth = Math.max(1, devicePixelRatio);
    if (cell >= GRID_CELL) {
      context.strokeStyle = cssOf(this.#paper);
      draw(1, 0);
    }
    if (block && block * cell >= GRID_CELL && block > 1) {
      context.strokeStyle = cssOf(colourOf("--ink"));
      context.globalAlpha = 0.22;
      draw(block, globals);
      context.globalAlpha = 1;
    }
  }
}

/** Mixes a colour into pixels by their coverage; what is covered at all, at least so much. */
function mix(
  colours: Uint8ClampedArray,
  covered: Float32Array,
  [red, green, blue]: Colour,
  most: number,
  least: number,
): void {
  for (let x = 0, at = 0; x < covered.length; x++, at += 4) {
    if (covered[x] === 0) continue;
    const part = most * Math.min(Math.max(covered[x], least), 1);
    colours[at] += (red - colours[at]) * part;
    colours[at + 1] += (green - colours[at + 1]) * part;
    colours[at + 2] += (blue - colours[at + 2]) * part;
  }
}
