/**
 * Losses and their gradients, as transformers' heads compute them: means, summed in float64.
 *
 * A model's outputs are on the host when its promise resolves; the gradients go to
 * {@linkcode Tape.backward} beside the outputs.
 *
 * @module
 */

/** A loss, and its gradient by each score. */
export interface Loss {
  /** The mean over all labels. */
  readonly loss: number;
  /** As many values as there are scores. */
  readonly gradient: Float64Array;
}

/** The label of a row that does not count. */
export const IGNORED: number = -100;

/**
 * Cross-entropy of rows of scores: `Σ (log Σ exp(z) − q·z) / N` over the `N` rows that count, with
 * `q = (1 − ε)·onehot + ε/C`; 0 if no row counts.
 *
 * @param scores `[rows, classes]`.
 * @param labels A class for each row; −100: the row does not count.
 * @param smoothing `ε`, `label_smoothing_factor` of transformers.
 * @returns The loss and its gradient, `(softmax(z) − q) / N`.
 * @throws {RangeError} If a label is not a class, there are not as many scores as labels ask for, or
 * the smoothing is not from 0 to 1.
 *
 * @example Scores that say nothing
 * ```ts
 * import { crossEntropy } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const { loss, gradient } = crossEntropy(new Float32Array(4), Int32Array.of(1, -100));
 * assertEquals(loss, Math.log(2));
 * assertEquals([...gradient], [0.5, -0.5, 0, 0]);
 * ```
 */
export function crossEntropy(
  scores: Float32Array | Float64Array,
  labels: Int32Array,
  smoothing = 0,
): Loss {
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new RangeError(`Cannot smooth labels by ${smoothing}: wanted a number from 0 to 1`);
  }
  const gradient = new Float64Array(scores.length);
  const classes = scores.length / labels.length;
  if (labels.length > 0 && (!Number.isInteger(classes) || classes === 0)) {
    throw new RangeError(
      `Cannot compare ${scores.length} scores with ${labels.length} labels: wanted as many for each`,
    );
  }
  const counted = labels.reduce((count, label) => count + (label === IGNORED ? 0 : 1), 0);
  let loss = 0;
  labels.forEach((label, row) => {
    if (label === IGNORED) return;
    if (!(label >= 0 && label < classes)) {
      throw new RangeError(
        `Cannot use label ${label} in row ${row}: wanted 0 … ${classes - 1}, or ${IGNORED}`,
      );
    }
    const start = row * classes;
    let maximum = -Infinity;
    for (let c = start; c < start + classes; c++) maximum = Math.max(maximum, scores[c]);
    let sum = 0;
    for (let c = start; c < start + classes; c++) {
      sum += gradient[c] = Math.exp(scores[c] - maximum);
    }
    const logSum = maximum + Math.log(sum);
    loss += (1 - smoothing) * (logSum - scores[start + label]) / counted;
    for (let c = start; c < start + classes; c++) {
      gradient[c] = (gradient[c] / sum - smoothing / classes) / counted;
      if (smoothing > 0) loss += smoothing / classes * (logSum - scores[c]) / counted;
    }
    gradient[start + label] -= (1 - smoothing) / counted;
  });
  return { loss, gradient };
}

/**
 * Binary cross-entropy of scores: the mean of `max(z, 0) − z·y + ln(1 + exp(−|z|))`.
 *
 * @param scores Any number of scores.
 * @param labels A number from 0 to 1 for each.
 * @returns The loss and its gradient, `(σ(z) − y) / count`.
 * @throws {RangeError} If the numbers of scores and labels differ, or a label is out of range.
 *
 * @example Scores that say nothing
 * ```ts
 * import { binaryCrossEntropy } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const { loss, gradient } = binaryCrossEntropy(new Float32Array(2), Float32Array.of(1, 0));
 * assertEquals(loss, Math.log(2));
 * assertEquals([...gradient], [-0.25, 0.25]);
 * ```
 */
export function binaryCrossEntropy(
  scores: Float32Array | Float64Array,
  labels: Float32Array | Float64Array,
): Loss {
  expectSame(scores, labels);
  const count = Math.max(1, scores.length);
  const gradient = new Float64Array(scores.length);
  let loss = 0;
  scores.forEach((z, i) => {
    const y = labels[i];
    if (!(y >= 0 && y <= 1)) {
      throw new RangeError(`Cannot use label ${y} at ${i}: wanted a number from 0 to 1`);
    }
    const e = Math.exp(-Math.abs(z));
    loss += (Math.max(z, 0) - z * y + Math.log1p(e)) / count;
    gradient[i] = ((z >= 0 ? 1 : e) / (1 + e) - y) / count;
  });
  return { loss, gradient };
}

/**
 * The mean of squared differences.
 *
 * @param scores Any number of scores.
 * @param labels A number for each.
 * @returns The loss and its gradient, `2(z − y) / count`.
 * @throws {RangeError} If their numbers differ, or a label is not finite.
 *
 * @example
 * ```ts
 * import { meanSquaredError } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const { loss, gradient } = meanSquaredError(Float32Array.of(3, 5), Float32Array.of(1, 5));
 * assertEquals(loss, (2 ** 2 + 0 ** 2) / 2);
 * assertEquals([...gradient], [2, 0]);
 * ```
 */
export function meanSquaredError(
  scores: Float32Array | Float64Array,
  labels: Float32Array | Float64Array,
): Loss {
  expectSame(scores, labels);
  const count = Math.max(1, scores.length);
  const gradient = new Float64Array(scores.length);
  let loss = 0;
  scores.forEach((z, i) => {
    const y = labels[i];
    if (!Number.isFinite(y)) {
      throw new RangeError(`Cannot use label ${y} at ${i}: wanted a finite number`);
    }
    loss += (z - y) ** 2 / count;
    gradient[i] = 2 * (z - y) / count;
  });
  return { loss, gradient };
}

function expectSame(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (scores.length === labels.length) return;
  throw new RangeError(
    `Cannot compare ${scores.length} scores with ${labels.length} labels: wanted one for each`,
  );
}
