/**
 * The loss of a model's head, as transformers chooses it.
 *
 * @module
 */
import { checkOptions } from "../base/check_options.ts";
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import type { Floats } from "../ops/backend.ts";
import type { Gradient } from "../ops/gradients/gradient_rule.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type Comparison, type HeadTask, taskOf } from "./head_tasks.ts";
import type { TrainingBatch } from "./training_batch.ts";

export type { Labels } from "./labels.ts";
export type { TrainingBatch } from "./training_batch.ts";

/** Options of {@linkcode lossOf}. */
export interface HeadLossOptions {
  /** `ε` of label smoothing, `label_smoothing_factor` of transformers; 0 if absent. */
  readonly smoothing?: number;
  /** The seeds are multiplied by it: 1 / gradient_accumulation_steps; 1 if absent. */
  readonly scale?: number;
}

/** A model's loss on a batch. The caller disposes of it. */
export interface HeadLoss {
  /** The mean over all labels that count, 0 if there are none. */
  readonly loss: number;
  /**
   * The model's outputs, read. A model that predicts words has scores of the rows with labels only:
   * `[batch, rows, vocab_size]`.
   */
  readonly outputs: Readonly<Record<string, Floats>>;
  /**
   * Outputs and the gradients of the loss by them, for {@linkcode Tape.backward}; made when they are
   * first asked for.
   */
  readonly seeds: readonly Gradient[];
  /** The labels of the outputs' rows, row-major; of question answering starts, then ends. */
  readonly labels: Int32Array | Float64Array;
  /** Releases the outputs and seeds. */
  dispose(): void;
}

/**
 * Runs a model on a batch and computes its loss, as transformers does for its head: on the host, in
 * float64. {@linkcode Tape.backward} takes the seeds.
 *
 * `config.problem_type` chooses the loss of a classification of sequences; without it, a head of one
 * label is a regression (mean squared error), labels `[batch]` of whole numbers are classes
 * (cross-entropy), labels `[batch, labels]` are independent (binary cross-entropy). As in
 * transformers, the choice becomes the config's: all batches have one loss, and a saved model tells
 * its own.
 *
 * @param model A model with a head.
 * @param batch Token ids with labels.
 * @param options Label smoothing, a factor for the seeds.
 * @returns Loss, outputs and seeds; the caller disposes of them.
 * @throws {TypeError} If labels are missing, or of the wrong type or shape for the head.
 * @throws {RangeError} If a label is not a class, or smoothing is asked for where labels are no
 * classes.
 *
 * @example A step by hand
 * ```ts
 * import { AutoModelForSequenceClassification, lossOf, Tape } from "@lsg/core";
 * import { assert } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   { num_labels: 2, device: "wasm" },
 * );
 * using tape = new Tape(model.backend, [model.parameters.get("classifier.bias")]);
 * const result = await lossOf(model.on(tape), { input_ids: [[2, 5, 6, 3]], labels: [1] });
 * await tape.backward(...result.seeds);
 * result.dispose();
 * assert(result.loss > 0);
 * assert(tape.gradients.length === 1);
 * ```
 */
export async function lossOf(
  model: PreTrainedModel<HiddenStates>,
  batch: TrainingBatch,
  options: HeadLossOptions = {},
): Promise<HeadLoss> {
  const { smoothing = 0, scale = 1 } = checkOptions("Cannot compute the loss", options, {
    smoothing: {
      type: "number",
      wanted: "a number from 0 to 1",
      accepts: (value) => Number(value) >= 0 && Number(value) <= 1,
    },
    scale: { type: "number", wanted: "a finite number", accepts: Number.isFinite },
  });
  const task = taskOf(model, batch, smoothing);
  const outputs = await task.run();
  const tensors = [...Object.values(outputs)].flatMap((output) =>
    output instanceof Tensor ? [output as Floats] : output
  );
  try {
    const { loss, labels, gradients } = compare(task, outputs);
    let seeds: readonly Gradient[] | undefined;
    return {
      loss,
      outputs,
      labels,
      // An evaluation asks for none.
      get seeds() {
        return seeds ??= gradients.map(([output, gradient]): Gradient => {
          const values = Float32Array.from(gradient, (value) => value * scale);
          const seed = model.backend.floats(values, output.dims);
          tensors.push(seed);
          return [output, seed];
        });
      },
      dispose: () => tensors.forEach((tensor) => tensor.dispose()),
    };
  } catch (error) {
    tensors.forEach((tensor) => tensor.dispose());
    throw error;
  }
}

function compare(task: HeadTask, outputs: Readonly<Record<string, Floats>>): Comparison {
  const comparison = task.compare(outputs);
  if (Number.isFinite(comparison.loss)) return comparison;
  throw new RangeError(
    `Cannot train: the loss is ${comparison.loss}, wanted a finite number (a lower learning_rate?)`,
  );
}
