/**
 * The largest scores of each row.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** Most scores of a row that can be asked for. */
export const MOST_SCORES = 256;

/** The largest scores of each row. */
export type TopScores = {
  /** `[…, c]`: the largest first. */
  readonly values: Floats;
  /** `[…, c]`: their columns; of equal values the lower one comes first. */
  readonly indices: Integers;
  /** `[…]`: `log Σ exp(x)` of the whole row. */
  readonly logSum: Floats;
};

/** Sizes of a search for the largest scores. */
export interface TopShape {
  /** Rows of scores: the product of all dimensions but the last. */
  readonly rows: number;
  /** Scores of a row. */
  readonly columns: number;
  /** Scores that are wanted of each row. */
  readonly count: number;
}

/**
 * The `count` largest of each row of scores, and what makes them log-probabilities: scores `[…, V]` →
 * values and indices `[…, count]`, logSum `[…]`. −Infinity is a score that is ruled out. A row has no
 * probabilities if it holds NaN or Infinity, or nothing but −Infinity: its logSum is NaN, and its
 * values and indices mean nothing.
 *
 * @throws {RangeError} If count is not a whole number from 1 to the smaller of `V` and 256.
 *
 * @example The two most likely of three ids, and their probabilities
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { topScores } from "@lsg/core/ops";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const scores = backend.floats(new Float32Array([1, 5, 2].map(Math.log)), [1, 3]);
 * const { values, indices, logSum } = backend.run(topScores, scores, 2);
 * assertEquals([...await indices.getData()], [1, 2]);
 * const [sum] = await logSum.getData(); // of 1 + 5 + 2
 * const [best, second] = await values.getData();
 * assertAlmostEquals(Math.exp(best - sum), 5 / 8, 1e-6);
 * assertAlmostEquals(Math.exp(second - sum), 2 / 8, 1e-6);
 * ```
 */
export const topScores: Operation<
  (scores: Floats, count: number) => TopScores,
  { readonly scores: Operand<"rows"> },
  TopShape
> = {
  name: "topScores",
  plan(scores, count) {
    const outer = scores.dims.slice(0, -1);
    const columns = scores.dims.at(-1) ?? 0;
    expectDims("topScores", "scores", scores, [...outer, columns]);
    const most = Math.min(columns, MOST_SCORES);
    if (!Number.isInteger(count) || count < 1 || count > most) {
      throw new RangeError(
        `topScores: ${count} scores of rows of ${columns}, wanted a whole number from 1 to ${most}`,
      );
    }
    return {
      operands: { scores: rows(scores) },
      shape: { rows: product(outer), columns, count },
      result: {
        values: floats([...outer, count]),
        indices: integers([...outer, count]),
        logSum: floats(outer),
      },
    };
  },
};
