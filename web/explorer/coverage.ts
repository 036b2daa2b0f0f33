/**
 * How much of each pixel of a drawn row is visible.
 *
 * @module
 */
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { spanRange } from "../../ops/span.ts";
import { type Layout, SQUARE } from "../../picture/layout.ts";
import { type KeyKind, type Run, runsOf, type VisibleRow } from "../../picture/visible_keys.ts";

/** Parts of the pixels of a row of pixels, from 0 to 1. */
export interface Coverage {
  /** By kind, in the order of the legend: columns of the keys. */
  readonly keys: readonly Float32Array[];
  /** By kind: columns that entries are made or chosen from, where these are drawn. */
  readonly reach: readonly (Float32Array | undefined)[];
}

/** A row of the pattern in a row of pixels. */
interface Sample {
  readonly row: VisibleRow;
  /** Its part of the height. */
  readonly weight: number;
}

/** Computes the coverage of rows of pixels. */
export class PixelRows {
  readonly #pattern: AttentionPattern;
  readonly #kinds: readonly KeyKind[];
  readonly #layout: Layout;
  readonly #pixels: number;
  readonly #scale: number;
  readonly #coverage: Coverage;
  /** What the coverage was computed from. */
  #samples: readonly Sample[] = [];

  /**
   * Prepares.
   *
   * @param pattern The pattern.
   * @param layout Its layout.
   * @param pixels Width and height of the picture.
   */
  constructor(pattern: AttentionPattern, layout: Layout, pixels: number) {
    this.#pattern = pattern;
    this.#kinds = Object.keys(pattern.legend) as KeyKind[];
    this.#layout = layout;
    this.#pixels = pixels;
    this.#scale = pixels / SQUARE;
    const make = () => new Float32Array(pixels);
    this.#coverage = {
      keys: this.#kinds.map(make),
      reach: this.#kinds.map((kind) =>
        pattern.legend[kind]!.reach !== undefined || isAveraged(pattern, kind) ? make() : undefined
      ),
    };
  }

  /**
   * Computes the coverage of one row of the pattern.
   *
   * @param row The row.
   * @returns The coverage, until the next call.
   */
  ofRow(row: number): Coverage {
    this.#compute([{ row: this.#pattern.rows[row], weight: 1 }]);
    return this.#coverage;
  }

  /**
   * Computes the coverage of a row of pixels; rows that see different sources all count.
   *
   * @param from Its top.
   * @param to Its bottom.
   * @returns The coverage, until the next call; undefined if it is that of the call before.
   */
  ofPixels(from: number, to: number): Coverage | undefined {
    const samples = this.#samplesOf(from, to);
    if (areSame(samples, this.#samples)) return undefined;
    this.#compute(samples);
    return this.#coverage;
  }

  #compute(samples: readonly Sample[]): void {
    this.#samples = samples;
    const { keys, reach } = this.#coverage;
    for (const pixels of [...keys, ...reach]) pixels?.fill(0);
    for (const { row, weight } of samples) {
      this.#kinds.forEach((kind, k) => {
        for (const run of runsOf(row, kind)) this.#cover(keys[k], run, weight);
        const reached = reach[k];
        if (!reached) return;
        for (const run of runsOf(row, kind, true)) this.#cover(reached, run, weight);
      });
    }
  }

  /** One row for each set of sources between two heights in pixels, with its part of the height. */
  #samplesOf(from: number, to: number): Sample[] {
    const { rows } = this.#pattern;
    const samples: { row: VisibleRow; weight: number }[] = [];
    for (let index = this.rowAt(from); index < rows.length; index++) {
      const start = Math.max(this.#layout.start(index) * this.#scale, from);
      const end = Math.min(this.#layout.end(index + 1) * this.#scale, to);
      if (start >= to) break;
      if (end <= start) continue;
      const weight = (end - start) / (to - from);
      const last = samples.at(-1);
      if (last && last.row.sources === rows[index].sources) last.weight += weight;
      else samples.push({ row: rows[index], weight });
    }
    return samples;
  }

  /** Finds the row at a height in pixels; in the gap after the global tokens, the row before it. */
  rowAt(pixel: number): number {
    const { globals, tokens } = this.#pattern;
    const y = pixel / this.#scale;
    const textStart = this.#layout.start(globals);
    const row = y < textStart
      ? Math.min(Math.floor(y / (this.#layout.end(1) || 1)), globals - 1)
      : globals + Math.floor((y - textStart) / this.#layout.cell);
    return Math.max(0, Math.min(row, globals + tokens - 1));
  }

  #cover(pixels: Float32Array, [first, end]: Run, weight: number): void {
    const from = this.#layout.start(first) * this.#scale;
    const to = this.#layout.end(end) * this.#scale;
    const last = Math.min(Math.ceil(to), pixels.length) - 1;
    for (let x = Math.floor(from); x <= last; x++) {
      pixels[x] += weight * (Math.min(to, x + 1) - Math.max(from, x));
    }
  }
}

/** Tells whether samples see the same keys. */
function areSame(a: readonly Sample[], b: readonly Sample[]): boolean {
  return a.length === b.length && a.every(({ row, weight }, i) => {
    const other = b[i];
    return Math.abs(weight - other.weight) < 1e-6 && row.sources === other.row.sources &&
      row.sources.every(({ spans, visible }) =>
        spans.every((span) =>
          spanRange(span, row.position, visible.length).join() ===
            spanRange(span, other.row.position, visible.length).join()
        )
      );
  });
}

/** Tells whether the entries of a kind are means of tokens, so that they have no column. */
function isAveraged({ rows }: AttentionPattern, kind: KeyKind): boolean {
  return rows.some(({ sources }) => sources.some((each) => each.kind === kind && !each.columns));
}
