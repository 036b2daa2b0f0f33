/**
 * Keys and values in 8 bits.
 *
 * @module
 */
import { expectDims, headWidth } from "./checks.ts";
import { bytes, type Floats, type Operand, type Operation, rows } from "./operation.ts";

/** Options of rounding to 8 bits. */
export interface QuantizeHeadsOptions {
  /** Heads of a row; each has a step of its own. */
  readonly heads: number;
  /** `[b, 1, w]`: taken off each row before it is rounded; absent: nothing is. */
  readonly mean?: Floats;
}

/** Sizes of rows that are rounded to 8 bits. */
export interface QuantizeHeadsShape {
  /** Sequences. */
  readonly batch: number;
  /** Rows of each sequence. */
  readonly rows: number;
  /** Heads of a row. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
}

/**
 * Rounds each head of each row to integers −127 … 127 with a step of its own: x `[b, n, w]` →
 * `[b, n, w]` in a little more than a byte a value. Only `attend` reads them, as keys and values, and
 * `getData`; it rounds the queries of such keys, too.
 *
 * A `mean` is taken off first: a vector that all keys of a softmax have in common adds the same to all
 * scores of a query, so that no weight changes. webgpu holds nothing in 8 bits and refuses.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into that many heads, or the backend does not hold
 * values in 8 bits.
 *
 * @example Steps of 2 in the first row, of 1 in the second
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { quantizeHeads } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([-254, 101.5, 127, 2.25]), [1, 2, 2]);
 * const y = backend.run(quantizeHeads, x, { heads: 1 });
 * assertEquals([...await y.getData()], [-254, 102, 127, 2]);
 * ```
 */
export const quantizeHeads: Operation<
  (x: Floats, options: QuantizeHeadsOptions) => Floats,
  { readonly x: Operand<"rows">; readonly mean?: Operand<"rows"> },
  QuantizeHeadsShape
> = {
  name: "quantizeHeads",
  plan(x, { heads, mean }) {
    const [batch, count, rowWidth] = x.dims;
    expectDims("quantizeHeads", "x", x, [batch, count, rowWidth]);
    const width = headWidth("quantizeHeads", rowWidth, heads);
    if (mean) expectDims("quantizeHeads", "mean", mean, [batch, 1, rowWidth]);
    return {
      operands: { x: rows(x), mean: mean && rows(mean) },
      shape: { batch, rows: count, heads, width },
      result: bytes(x.dims, { heads, width }),
    };
  },
};
