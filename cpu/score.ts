/**
 * Scores of attention.
 *
 * @module
 */

/** Largest float32. */
const LARGEST = 3.4028234663852886e38;

/**
 * A score as a backend can hold it: infinite beyond the range of float32, as in PyTorch. Its softmax
 * is NaN if it is the largest, and otherwise gives it no weight.
 *
 * @param score The score.
 * @returns The score, not rounded.
 */
export function limitScore(score: number): number {
  return Math.abs(score) > LARGEST ? score * Infinity : score;
}
