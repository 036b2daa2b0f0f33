/**
 * Whether a training fits and its evaluations can be made, judged by their first batches.
 *
 * @module
 */
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import type { Floats } from "../ops/backend.ts";
import { Tensor } from "../tensor/tensor.ts";
import { assertTrainingFits } from "./assert_training_fits.ts";
import type { ExampleBatches } from "./data/example_batches.ts";
import { taskOf } from "./head_tasks.ts";
import { readLabels } from "./labels.ts";
import { IGNORED } from "./losses.ts";
import type { ResolvedArguments } from "./training_arguments.ts";
import type { TrainingBatch } from "./training_batch.ts";

/**
 * Asserts that a step with the first batch of a training fits the model's backend. With
 * `group_by_length` that batch is among the longest.
 *
 * @param model The model.
 * @param trained The parameters that are trained.
 * @param data The batches.
 * @param args Accumulation and checkpointing.
 * @throws {RangeError} If it does not fit; the message says what would.
 */
export async function assertBatchFits(
  model: PreTrainedModel<HiddenStates>,
  trained: readonly Floats[],
  data: ExampleBatches,
  args: ResolvedArguments,
): Promise<void> {
  for await (const batch of data.epoch(0, 0)) {
    const dims = dimsOf(batch.input_ids);
    await assertTrainingFits(model, trained, {
      batch: dims.slice(0, -1).reduce((product, size) => product * size, 1),
      tokens: dims.at(-1)!,
      ...labelsOf(batch, model.config.decoder !== undefined),
      accumulated: args.gradient_accumulation_steps,
      checkpoint: args.gradient_checkpointing,
    });
    return;
  }
}

/**
 * Asserts that the first batch of an evaluation can be read and has labels of the model, so that a
 * training does not fail at its first evaluation, when everything since the last save is lost.
 *
 * @param model The model.
 * @param data The batches.
 * @param smoothing `label_smoothing_factor`.
 * @throws {TypeError} If a field or labels are missing or of the wrong type.
 * @throws {RangeError} If there are no examples, or a label is unknown.
 */
export async function assertEvaluable(
  model: PreTrainedModel<HiddenStates>,
  data: ExampleBatches,
  smoothing: number,
): Promise<void> {
  for await (const batch of data.epoch(0)) {
    taskOf(model, batch, smoothing);
    return;
  }
  throw new RangeError("Cannot evaluate: there are no examples, wanted some");
}

/** Ids that a decoder reads, and the most labels of a sequence. */
function labelsOf({ labels }: TrainingBatch, decodes: boolean) {
  if (labels === undefined) return {};
  const { dims: [rows, width], values } = readLabels("labels", labels);
  if (width === undefined) return {};
  const counts = Array.from(
    { length: rows },
    (_, row) =>
      values.subarray(row * width, (row + 1) * width).filter((label) => label !== IGNORED).length,
  );
  return {
    labelled: Math.max(1, ...counts),
    ...(decodes && { decoder_tokens: width }),
  };
}

function dimsOf(ids: TrainingBatch["input_ids"]): readonly number[] {
  if (ids instanceof Tensor) return ids.dims;
  const dims: number[] = [];
  for (let list: unknown = ids; Array.isArray(list); list = list[0]) dims.push(list.length);
  return dims;
}
