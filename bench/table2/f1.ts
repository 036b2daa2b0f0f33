/**
 * F1 over classes.
 *
 * @module
 */

/** F1 of predictions. */
export interface F1 {
  /** Over all predictions together: with one label each, the share of correct ones. */
  readonly micro: number;
  /** The mean of the classes' F1. */
  readonly macro: number;
}

/**
 * Computes F1 as scikit-learn does: a class that is neither wanted nor predicted is left out.
 *
 * @param wanted The class of each example.
 * @param predicted The predicted class of each.
 * @returns Micro and macro F1.
 * @throws {RangeError} If there are no examples, or not as many predictions.
 */
export function f1(wanted: readonly number[], predicted: readonly number[]): F1 {
  if (wanted.length === 0 || predicted.length !== wanted.length) {
    throw new RangeError(
      `Cannot compare ${predicted.length} predictions with ${wanted.length} classes: wanted as many`,
    );
  }
  const classes = [...new Set([...wanted, ...predicted])];
  const scores = classes.map((c) => {
    const both = wanted.filter((one, i) => one === c && predicted[i] === c).length;
    const either = wanted.filter((one) => one === c).length +
      predicted.filter((one) => one === c).length;
    return 2 * both / either;
  });
  return {
    micro: wanted.filter((one, i) => one === predicted[i]).length / wanted.length,
    macro: scores.reduce((sum, score) => sum + score) / classes.length,
  };
}
