/**
 * One answer from the scores of several windows.
 *
 * @module
 */

/**
 * The index of the largest score, the first of several.
 *
 * @param scores Scores.
 * @returns The index.
 */
export function best(scores: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[at]) at = i;
  return at;
}

/**
 * Natural logarithms of probabilities.
 *
 * @param scores A model's logits.
 * @returns `log softmax(scores)`.
 */
export function logProbabilities(scores: ArrayLike<number>): number[] {
  const values = Array.from(scores);
  const top = Math.max(...values);
  const logSum = top + Math.log(values.reduce((sum, score) => sum + Math.exp(score - top), 0));
  return values.map((score) => score - logSum);
}

/**
 * Sums over windows: their product, if windows were independent.
 *
 * @param windows Log-probabilities of each window.
 * @returns The sum for each class.
 */
export function sumWindows(windows: readonly (readonly number[])[]): number[] {
  return windows[0].map((_, c) => windows.reduce((sum, window) => sum + window[c], 0));
}

/**
 * The class that most windows have as their best; of several, the one with the larger sum.
 *
 * @param windows Log-probabilities of each window.
 * @returns The class.
 */
export function majority(windows: readonly (readonly number[])[]): number {
  const votes = windows[0].map(() => 0);
  windows.forEach((window) => votes[best(window)]++);
  const most = Math.max(...votes);
  return best(sumWindows(windows).map((sum, c) => votes[c] === most ? sum : -Infinity));
}
