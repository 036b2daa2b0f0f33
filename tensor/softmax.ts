/**
 * Scores to probabilities.
 *
 * @module
 */

/** Scores that {@linkcode softmax} takes and returns. */
export type ScoreArray = number[] | Float32Array | Float64Array;

/**
 * Computes `exp(xᵢ) / Σ exp(xⱼ)` in 64-bit arithmetic.
 *
 * @param scores Finite numbers, at least one: an array, or a tensor's `data`.
 * @returns Probabilities, one per score, in an array of the same kind; they sum to 1.
 * @throws {TypeError} If `scores` is not such an array.
 * @throws {RangeError} If there are no scores, or one is not finite.
 *
 * @example
 * ```ts
 * import { softmax } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(softmax([7, 7]), [0.5, 0.5]);
 * ```
 */
export function softmax<Scores extends ScoreArray>(scores: Scores): Scores {
  const { maximum, sum } = sumExponentials(scores);
  return scores.map((score) => Math.exp(score - maximum) / sum) as Scores;
}

/**
 * Computes the logarithms of {@linkcode softmax}, `xᵢ − log Σ exp(xⱼ)`, in 64-bit arithmetic.
 *
 * @param scores Finite numbers, at least one: an array, or a tensor's `data`.
 * @returns Logarithms, one per score, in an array of the same kind.
 * @throws {TypeError} If `scores` is not such an array.
 * @throws {RangeError} If there are no scores, or one is not finite.
 *
 * @example
 * ```ts
 * import { log_softmax } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(log_softmax([7, 7]), [-Math.LN2, -Math.LN2]);
 * ```
 */
export function log_softmax<Scores extends ScoreArray>(scores: Scores): Scores {
  const { maximum, sum } = sumExponentials(scores);
  const logarithm = Math.log(sum);
  return scores.map((score) => score - maximum - logarithm) as Scores;
}

/** The largest score, and the sum of all exponentials relative to that of the largest. */
function sumExponentials(scores: ScoreArray): { maximum: number; sum: number } {
  const kind = (scores as { [Symbol.toStringTag]?: string })?.[Symbol.toStringTag] ?? "";
  // In an array of integers all would be 0 or 1.
  if (!Array.isArray(scores) && !/^Float(32|64)Array$/.test(kind)) {
    throw new TypeError(
      "Cannot make probabilities: wanted number[], Float32Array or Float64Array, such as a " +
        "tensor's data",
    );
  }
  assertScores(scores);
  let maximum = -Infinity;
  for (const score of scores) maximum = Math.max(maximum, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - maximum);
  return { maximum, sum };
}

/**
 * Asserts that scores are finite.
 *
 * @param scores Scores of a model.
 * @throws {RangeError} If there are no scores, or one is not finite.
 */
export function assertScores(scores: ScoreArray): void {
  let unusable: number | undefined;
  for (const score of scores) if (!Number.isFinite(score)) unusable ??= score;
  if (scores.length === 0 || unusable !== undefined) {
    throw new RangeError(
      `Cannot make probabilities of ${unusable ?? "no scores"}: wanted finite numbers`,
    );
  }
}
