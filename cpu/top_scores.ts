/**
 * The largest scores of each row.
 *
 * @module
 */
import type { TopShape } from "../ops/top_scores.ts";
import type { CpuOperands } from "./roles.ts";

/** The largest scores of each row. */
export interface CpuTopScores {
  /** `[rows, count]`, the largest first. */
  readonly values: Float32Array;
  /** `[rows, count]`: their columns. */
  readonly indices: Int32Array;
  /** `[rows]`: `log Σ exp(x)`. */
  readonly logSum: Float32Array;
}

/**
 * Finds the `count` largest scores of each row, of equal ones those of lower columns first, and
 * `log Σ exp(x)` of the row: NaN if the row holds NaN or Infinity, or nothing but −Infinity.
 *
 * @param operands scores `[rows, columns]`.
 * @param shape Sizes.
 * @returns The scores, their columns and the logarithms.
 *
 * @example
 * ```ts
 * import { topScores } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([0, 5, -Infinity, 5]);
 * const { values, indices } = topScores({ scores }, { rows: 1, columns: 4, count: 3 });
 * assertEquals([[...values], [...indices]], [[5, 5, 0], [1, 3, 0]]);
 * ```
 */
export function topScores(
  { scores }: CpuOperands<"topScores">,
  { rows, columns, count }: TopShape,
): CpuTopScores {
  const values = new Float32Array(rows * count);
  const indices = new Int32Array(rows * count);
  const logSum = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = scores.subarray(i * columns, (i + 1) * columns);
    const order = Int32Array.from(row, (_, column) => column).sort((a, b) =>
      row[a] === row[b] ? a - b : row[a] > row[b] ? -1 : 1
    );
    for (let k = 0; k < count; k++) {
      indices[i * count + k] = order[k];
      values[i * count + k] = row[order[k]];
    }
    const top = row.reduce((most, x) => x > most ? x : most, -Infinity);
    // Differences of infinities are NaN.
    logSum[i] = top + Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
  }
  return { values, indices, logSum };
}
