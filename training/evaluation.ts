/**
 * How good a model is.
 *
 * @module
 */
import { showName, showValue } from "../base/show_value.ts";
import { type HiddenStates, type PreTrainedModel, SequenceClassification } from "../models/mod.ts";
import { type HeadLoss, lossOf } from "./head_loss.ts";
import { IGNORED } from "./losses.ts";
import type { EvalPrediction, MetricsFunction } from "./metrics.ts";
import { sizeOf } from "./batch_size.ts";
import type { ExampleBatches } from "./data/example_batches.ts";

/** Results of an evaluation. */
export interface Evaluation {
  /** Metrics by name, without a prefix. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What was predicted, if it was asked for. */
  readonly prediction?: EvalPrediction;
}

/** What an evaluation needs. */
export interface EvaluationOptions {
  /** `label_smoothing_factor`: as in transformers, the loss is the one that is trained. */
  readonly smoothing: number;
  /** Called with all predictions; absent: they are not kept. */
  readonly compute_metrics?: MetricsFunction;
  /** Whether the predictions are returned. */
  readonly keep?: boolean;
  /** Called after each batch. */
  readonly on_batch?: (batch: number, batches: number) => Promise<void>;
}

/**
 * Runs a model on all batches, without dropout.
 *
 * @param model The model.
 * @param data The batches.
 * @param options What is done with the predictions.
 * @returns The loss, a mean over the examples; other metrics; the time it took.
 * @throws {RangeError} If there are no batches, or a metric is not a finite number.
 */
export async function evaluateModel(
  model: PreTrainedModel<HiddenStates>,
  data: ExampleBatches,
  { smoothing, compute_metrics, keep = false, on_batch }: EvaluationOptions,
): Promise<Evaluation> {
  const start = performance.now();
  const predictions: Float32Array[] = [];
  const label_ids: EvalPrediction["label_ids"][number][] = [];
  let [sum, samples, batches] = [0, 0, 0];
  for await (const batch of data.epoch(0, 0)) {
    const { examples } = sizeOf(batch);
    const result = await lossOf(model, batch, { smoothing });
    try {
      if (compute_metrics || keep) {
        for (const { scores, label } of rowsOf(result, hasIndependentLabels(model))) {
          predictions.push(scores);
          label_ids.push(label);
        }
      }
    } finally {
      result.dispose();
    }
    sum += result.loss * examples;
    samples += examples;
    await on_batch?.(++batches, data.batches);
  }
  if (samples === 0) throw new RangeError("Cannot evaluate: there are no examples, wanted some");
  const prediction = { predictions, label_ids };
  const computed = await compute_metrics?.(prediction) ?? {};
  checkMetrics(computed);
  const runtime = (performance.now() - start) / 1000;
  return {
    metrics: {
      loss: sum / samples,
      ...computed,
      runtime,
      samples_per_second: samples / runtime,
      steps_per_second: batches / runtime,
    },
    ...(keep && { prediction }),
  };
}

/** Tells whether each of a text's labels is right or wrong by itself, even if there is only one. */
function hasIndependentLabels(model: PreTrainedModel<HiddenStates>): boolean {
  return model instanceof SequenceClassification &&
    model.config.raw.problem_type === "multi_label_classification";
}

/** The rows of the outputs that have labels. */
function* rowsOf(
  { outputs, labels }: HeadLoss,
  areIndependent: boolean,
): Generator<{ scores: Float32Array; label: number | readonly number[] }> {
  // An encoder-decoder also returns what its decoder attends to.
  const heads = Object.entries(outputs).flatMap(([name, output]) =>
    name.endsWith("logits") ? [output] : []
  );
  const perHead = labels.length / heads.length;
  for (let row = 0; row < perHead; row++) {
    for (const [head, { data, dims }] of heads.entries()) {
      const width = dims.at(-1)!;
      // One label for each score, or one for each row.
      const isPerScore = areIndependent || perHead * width !== data.length;
      const [rows, each] = isPerScore ? [perHead / width, width] : [perHead, 1];
      if (row >= rows) return;
      const scores = data.slice(row * width, (row + 1) * width);
      const start = head * perHead + row * each;
      if (isPerScore) yield { scores, label: [...labels.subarray(start, start + each)] };
      // Numbers of a regression may be −100; they are floats, classes are not.
      else if (labels[start] !== IGNORED || labels instanceof Float64Array) {
        yield { scores, label: labels[start] };
      }
    }
  }
}

function checkMetrics(metrics: unknown): asserts metrics is Record<string, number> {
  if (typeof metrics !== "object" || metrics === null) {
    throw new TypeError(
      `Cannot evaluate: compute_metrics returned ${showValue(metrics)}, wanted metrics by name`,
    );
  }
  const wrong = Object.entries(metrics).find(([, value]) => !Number.isFinite(value));
  if (!wrong) return;
  throw new RangeError(
    `Cannot evaluate: the metric ${showName(wrong[0], 60)} is ${showValue(wrong[1])}, wanted a ` +
      "finite number",
  );
}
