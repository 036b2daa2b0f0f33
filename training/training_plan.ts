/**
 * How many steps a training makes.
 *
 * @module
 */
import type { TrainingData } from "./training_data.ts";
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
 * @throws {RangeError} If there are no batches, or neither their number nor `max_steps` is known.
 */
export function planTraining(args: ResolvedArguments, { batches }: TrainingData): TrainingPlan {
  const { gradient_accumulation_steps: accumulated, max_steps: given, num_train_epochs } = args;
  if (batches === 0) {
    throw new RangeError(
      "Cannot train: train_dataset has no batches, wanted at least one (dataloader_drop_last leaves " +
        "out one that is not full)",
    );
  }
  if (batches === undefined) {
    if (given < 0) {
      throw new RangeError(
        "Cannot train: the length of train_dataset is not known, wanted max_steps",
      );
    }
    const plan = {
      max_steps: given,
      epochs: Number.MAX_SAFE_INTEGER,
      batches: given * accumulated,
    };
    return { ...plan, warmup: warmupOf(args, given) };
  }
  const perEpoch = Math.max(1, Math.floor(batches / accumulated));
  const max_steps = given > 0 ? given : Math.ceil(num_train_epochs * perEpoch);
  const epochs = Math.ceil(given > 0 ? given / perEpoch : num_train_epochs);
  return { max_steps, epochs, batches, warmup: warmupOf(args, max_steps) };
}

function warmupOf({ warmup_steps, warmup_ratio }: ResolvedArguments, max_steps: number): number {
  return warmup_steps > 0 ? warmup_steps : Math.ceil(max_steps * warmup_ratio);
}
