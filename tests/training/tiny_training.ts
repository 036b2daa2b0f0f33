/** A training of a tiny LSG model, which takes a second. */
import type { Backend } from "../../ops/backend.ts";
import { AutoModelForMaskedLM, type MaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { Trainer } from "../../training/trainer.ts";
import type { TrainerOptions } from "../../training/trainer_options.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import type { TrainingBatch } from "../../training/training_batch.ts";
import { drawIds, goldenPath } from "../models/golden_models.ts";

/** A text of ids; every third word is to be found. */
export interface TinyExample {
  readonly ids: readonly number[];
}

/** Loads the model. */
export function loadTiny(backend: Backend): Promise<MaskedLM> {
  return AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), { device: backend });
}

/** Draws examples of 10 to 40 tokens. */
export function drawExamples(count: number, seed = 1): TinyExample[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const length = 10 + Math.floor(30 * random.uniform());
    // Few words, so that something can be learnt.
    return { ids: drawIds(random, length).map((id) => 3 + id % 7) };
  });
}

/** Pads examples; the ids to find are replaced by 4. */
export function collateTiny(examples: readonly TinyExample[]): TrainingBatch {
  const tokens = Math.max(...examples.map(({ ids }) => ids.length));
  const rows = (make: (id: number | undefined, at: number) => number) =>
    examples.map(({ ids }) => Array.from({ length: tokens }, (_, at) => make(ids[at], at)));
  return {
    input_ids: rows((id, at) => id === undefined ? 1 : at % 3 === 0 ? 4 : id),
    attention_mask: rows((id) => id === undefined ? 0 : 1),
    labels: rows((id, at) => id === undefined || at % 3 !== 0 ? -100 : id),
  };
}

/** Makes a trainer: 9 micro-batches an epoch, 2 a step, so that epochs end between steps. */
export function tinyTrainer(
  model: MaskedLM,
  options: Partial<TrainerOptions<TinyExample>> = {},
): Trainer<TinyExample> {
  return new Trainer({
    model,
    train_dataset: drawExamples(17),
    eval_dataset: drawExamples(5, 2),
    data_collator: collateTiny,
    ...options,
    args: {
      learning_rate: 5e-3,
      per_device_train_batch_size: 2,
      gradient_accumulation_steps: 2,
      num_train_epochs: 3,
      warmup_steps: 2,
      weight_decay: 0.01,
      logging_steps: 2,
      disable_tqdm: true,
      ...options.args,
    },
  });
}

/** Arguments of a training that is killed: it saves often, and ends epochs between steps. */
export const KILLED_ARGUMENTS: TrainingArguments = {
  num_train_epochs: 2,
  evaluation_strategy: "epoch",
  save_strategy: "epoch",
  logging_steps: 1,
  save_total_limit: 2,
  load_best_model_at_end: true,
};

/** What of a log does not depend on the machine's speed. */
export function timeless(
  entries: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>>[] {
  return entries.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => !/runtime|per_second/.test(name)))
  );
}

/** All parameters of a model, in the order of their names. */
export async function parametersOf(model: MaskedLM): Promise<Float32Array[]> {
  return await Promise.all(
    model.named_parameters().map(async ([, tensor]) =>
      (await tensor.reshape(tensor.dims).getData()).slice()
    ),
  );
}
