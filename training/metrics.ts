/**
 * Metrics of classifications.
 *
 * @module
 */

/** What a model predicted, and what was right. */
export interface EvalPrediction {
  /**
   * Scores, a row for each label: of each text; of each token or masked word that has a label; of the
   * choices of a question. Question answering has two rows for each text, the start's and the end's.
   */
  readonly predictions: readonly Float32Array[];
  /** The class of each row; where labels are independent, 0 or 1 for each score of the row. */
  readonly label_ids: readonly (number | readonly number[])[];
}

/** A function that {@linkcode Trainer.evaluate} calls with all predictions. */
export type MetricsFunction = (
  prediction: EvalPrediction,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

/**
 * The share of right predictions: of rows whose best score is that of the label; where labels are
 * independent, of rows all of whose scores are on the right side of 0.
 *
 * @param prediction Scores and labels.
 * @returns `{ accuracy }`.
 * @throws {RangeError} If there are no rows.
 *
 * @example
 * ```ts
 * import { accuracy } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const predictions = [Float32Array.of(2, 1), Float32Array.of(0, 3)];
 * assertEquals(accuracy({ predictions, label_ids: [0, 0] }), { accuracy: 0.5 });
 * ```
 */
export function accuracy(prediction: EvalPrediction): { readonly accuracy: number } {
  const rows = decide(prediction);
  const right = rows.filter(({ predicted, wanted }) => String(predicted) === String(wanted));
  return { accuracy: right.length / rows.length };
}

/**
 * F1 over all classes together and as a mean over the classes, as scikit-learn's `f1_score` with
 * `average="micro"` and `"macro"`. Classes that are neither predicted nor right do not count.
 *
 * @param prediction Scores and labels.
 * @returns `{ f1_micro, f1_macro }`; with one label a row, `f1_micro` is the accuracy.
 * @throws {RangeError} If there are no rows.
 *
 * @example
 * ```ts
 * import { f1 } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const predictions = [Float32Array.of(2, 1), Float32Array.of(0, 3), Float32Array.of(0, 3)];
 * const { f1_micro } = f1({ predictions, label_ids: [0, 0, 1] });
 * assertEquals(f1_micro, 2 / 3);
 * ```
 */
export function f1(
  prediction: EvalPrediction,
): { readonly f1_micro: number; readonly f1_macro: number } {
  const counts = new Map<number, { right: number; all: number }>();
  const count = (label: number) => {
    const known = counts.get(label) ?? { right: 0, all: 0 };
    counts.set(label, known);
    return known;
  };
  for (const { predicted, wanted } of decide(prediction)) {
    for (const label of predicted) {
      if (wanted.includes(label)) count(label).right++;
      count(label).all++;
    }
    for (const label of wanted) count(label).all++;
  }
  const classes = [...counts.values()];
  // F1 = 2·TP / (2·TP + FP + FN), and TP + FP, TP + FN are what was predicted and what was right.
  const score = ({ right, all }: { right: number; all: number }) => all === 0 ? 0 : 2 * right / all;
  const sum = (key: "right" | "all") => classes.reduce((total, each) => total + each[key], 0);
  return {
    f1_micro: score({ right: sum("right"), all: sum("all") }),
    f1_macro: classes.reduce((total, each) => total + score(each), 0) / (classes.length || 1),
  };
}

/** The classes of each row that were predicted, and those that are right. */
function decide({ predictions, label_ids }: EvalPrediction) {
  if (predictions.length === 0 || predictions.length !== label_ids.length) {
    throw new RangeError(
      `Cannot compare ${predictions.length} predictions with ${label_ids.length} labels: wanted as ` +
        "many, at least one",
    );
  }
  return predictions.map((scores, row) => {
    const label = label_ids[row];
    if (typeof label === "number") {
      // Math.max(...scores) fails for large vocabularies: a call cannot have that many arguments.
      const best = scores.reduce((most, score) => Math.max(most, score), -Infinity);
      return { predicted: [scores.indexOf(best)], wanted: [label] };
    }
    const above = (values: Iterable<number>, least: number) =>
      [...values].flatMap((value, index) => value > least ? [index] : []);
    return { predicted: above(scores, 0), wanted: above(label, 0.5) };
  });
}
