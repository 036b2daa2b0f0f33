/**
 * The gradient of a sparse list by the tokens that it was made of.
 *
 * @module
 */
import { expectDims, headWidth, isWhole } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Settings of the gradient of a sparse list. */
export interface SparseListGradientOptions {
  /** `h`. */
  readonly heads: number;
  /** The row that holds the first token. */
  readonly first: number;
  /** Number of tokens. */
  readonly tokens: number;
  /** Rows of each sequence, tokens and others. */
  readonly rows: number;
  /** Tokens of which the entries of a region are made; the region is a part of the list. */
  readonly region: number;
  /** Entries of a region. */
  readonly kept: number;
}

/** All sizes of the gradient of a sparse list. */
export interface SparseListGradientShape extends SparseListGradientOptions {
  /** Sequences. */
  readonly batch: number;
  /** Width of a head. */
  readonly width: number;
  /** Entries of the list. */
  readonly entries: number;
}

/**
 * Each token's row is the sum of the entries of its region, times the token's weight in them: list
 * `[b, e, w]` → `[b, n, w]`; rows that are no tokens are 0. The weights are `[b, e, w]` for each `d`
 * tokens of a region: column `c` of a head in `weights[i]` is that of token `i·d + c` of the region.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into that many heads, tokens are not among the rows,
 * or there are too few entries or weights for them.
 *
 * @example An entry that is a quarter of the first token and three of the second
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { sparseListGradient } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [list, first, second] = [8, 0.25, 0.75].map((value) =>
 *   backend.floats(new Float32Array([value]), [1, 1, 1])
 * );
 * const options = { heads: 1, first: 1, tokens: 2, rows: 3, region: 2, kept: 1 };
 * const dx = backend.run(sparseListGradient, list, [first, second], options);
 * assertEquals([...await dx.getData()], [0, 2, 6]); // row 0 is a global token
 * ```
 */
export const sparseListGradient: Operation<
  (list: Floats, weights: readonly Floats[], options: SparseListGradientOptions) => Floats,
  { readonly list: Operand<"rows">; readonly weights: readonly Operand<"rows">[] },
  SparseListGradientShape
> = {
  name: "sparseListGradient",
  plan(list, weights, options) {
    const { heads, first, tokens, rows: count, region, kept } = options;
    const [batch, entries, rowWidth] = list.dims;
    expectDims("sparseListGradient", "list", list, [batch, entries, rowWidth]);
    const width = headWidth("sparseListGradient", rowWidth, heads);
    weights.forEach((tensor, i) =>
      expectDims("sparseListGradient", `weights ${i}`, tensor, list.dims)
    );
    if (!isWhole(first, 0) || !isWhole(tokens, 0) || !isWhole(count, first + tokens)) {
      throw new RangeError(
        `sparseListGradient: tokens in rows ${first} … ${first + tokens - 1} of ${count}`,
      );
    }
    if (
      !isWhole(region, 1) || !isWhole(kept, 1) || Math.ceil(tokens / region) * kept > entries ||
      weights.length !== Math.ceil(region / width)
    ) {
      throw new RangeError(
        `sparseListGradient: ${kept} of ${entries} entries for each ${region} of ${tokens} tokens, and ` +
          `${weights.length} weights, wanted entries for all and ${Math.ceil(region / width)}`,
      );
    }
    return {
      operands: { list: rows(list), weights: weights.map(rows) },
      shape: { heads, first, tokens, rows: count, region, kept, batch, width, entries },
      result: floats([batch, count, rowWidth]),
    };
  },
};
