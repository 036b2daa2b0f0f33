/**
 * How many steps a training makes.
 *
 * @module
 */
import type { ExampleBatches } from "./data/example_batches.ts";
import type { ResolvedArguments } from "./training_arguments.ts";

/** Numbers of steps and epochs. */
export interface TrainingPlan {
  /** All steps. */
  readonly max_steps: number;
  /** Steps in which the learning rate rises. */
  readonly warmup: number;
  /** Epochs that begin. */
  readonly epochs: number;
  /** Micro-batches of an epoch, by which the fraction of an epoch is told. */
  readonly batches: number;
}

/**
 * Plans a training as transformers does: `max(1, ⌊batches / gradient_accumulation_steps⌋)` steps an
 * epoch; `max_steps` if given, else those of `num_train_epochs`, rounded up.
 *
 * @param args The arguments.
 * @param data The data.
 * @returns The numbers.
 * @throws {RangeError} If there are no batches.
 */
export function planTraining(args: ResolvedArguments, { batches }: ExampleBatches): TrainingPlan {
  const { gradient_accumulation_steps: accumulated, max_steps: given, num_train_epochs } = args;
  if (batches === 0) {
    throw new RangeError(
      "Cannot train: train_dataset has no batches, wanted at least one (dataloader_drop_last leaves " +
        "out one that is not full)",
    );
  }
  const perEpoch = Math.max(1, Math.floor(batches / accumulated));
  const max_steps = given > 0 ? given : Math.ceil(num_train_epochs * perEpoch);
  const epochs = Math.ceil(given > 0 ? given / perEpoch : num_train_epochs);
  const { warmup_steps, warmup_ratio } = args;
  const warmup = warmup_steps > 0 ? warmup_steps : Math.ceil(max_steps * warmup_ratio);
  return { max_steps, epochs, batches, warmup };
}
