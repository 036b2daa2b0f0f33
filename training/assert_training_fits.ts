/**
 * Refuses a training that does not fit, and says what would.
 *
 * @module
 */
import type { HiddenStates, PreTrainedModel } from "../models/pretrained_model.ts";
import type { Floats } from "../ops/backend.ts";
import { selectTrainable, type Trainable } from "./trainable.ts";
import { type StepDemand, type TrainingMemory, trainingMemory } from "./training_memory.ts";

/** Part of a memory that is left between tensors, and for kernels. */
const GAPS = 1 / 32;

/** Lengths that are tried are multiples of it. */
const LENGTH_STEP = 64;

/**
 * Asserts that a training fits its backend, before its first step.
 *
 * @param model The model, on its own backend.
 * @param trained The parameters that are trained.
 * @param demand The passes of a step.
 * @returns What it needs, in bytes.
 * @throws {TypeError} If the demand has another option or type.
 * @throws {RangeError} If it does not fit; the message says what would. Also if a number is out of
 * range, or the model has no positions for so many tokens.
 *
 * @example
 * ```ts
 * import { AutoModelForMaskedLM } from "@lsg/core";
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { assertTrainingFits, selectTrainable } from "@lsg/core/training";
 * import { assertRejects } from "@std/assert";
 *
 * // A device whose memory has a limit, as those of wasm and webgpu have.
 * class LimitedBackend extends CpuBackend {
 *   bytes = Infinity;
 *   override get limits() {
 *     return { bytes: this.bytes, tensorBytes: this.bytes };
 *   }
 * }
 * using device = new LimitedBackend();
 * using model = await AutoModelForMaskedLM.from_pretrained("ccdv/lsg-base-4096", { device });
 * const trained = selectTrainable(model, "all").map(([, tensor]) => tensor);
 * const plan = () => assertTrainingFits(model, trained, { batch: 4, tokens: 50 });
 * device.bytes = (await plan()).peak; // too little: some is left for kernels and gaps
 * await assertRejects(plan, RangeError, "What would fit: ");
 * ```
 */
export async function assertTrainingFits(
  model: PreTrainedModel<HiddenStates>,
  trained: readonly Floats[],
  demand: StepDemand,
): Promise<TrainingMemory> {
  const needs = (changed: Partial<StepDemand>, tensors = trained) =>
    trainingMemory(model, tensors, { ...demand, ...changed });
  const need = await needs({});
  if (isWithin(model, need)) return need;
  const { batch, tokens } = demand;
  const { bytes, tensorBytes } = model.backend.limits;
  const reason = need.largest > tensorBytes
    ? `a tensor of ${megabytes(need.largest)}, and the backend takes at most ` +
      `${megabytes(tensorBytes)} in one`
    : `${megabytes(need.peak)} (${megabytes(need.held)} weights and other tensors, ` +
      `${megabytes(need.gradients)} gradients, ${megabytes(need.moments)} moments, ` +
      `${megabytes(need.kept)} kept for the way back), and the backend holds ${megabytes(bytes)}`;
  const fits = async (changed: Partial<StepDemand>, trainable?: Trainable) => {
    const tensors = trainable && selectTrainable(model, trainable).map(([, tensor]) => tensor);
    return isWithin(model, await needs(changed, tensors));
  };
  throw new RangeError(
    `Cannot train: ${batch === 1 ? "1 sequence" : `${batch} sequences`} of ${tokens} tokens in a ` +
      `pass need ${reason}. ${await describeChanges(model, demand, fits)}`,
  );
}

function isWithin(
  { backend: { limits } }: PreTrainedModel<HiddenStates>,
  { peak, largest }: TrainingMemory,
): boolean {
  // Beside it there may be a gap that the largest tensor does not fit into.
  return peak + largest <= limits.bytes * (1 - GAPS) && largest <= limits.tensorBytes;
}

/** Says which changes are enough, each alone; else which are together. */
async function describeChanges(
  model: PreTrainedModel<HiddenStates>,
  { batch, tokens, checkpoint = false }: StepDemand,
  fits: (changed: Partial<StepDemand>, trainable?: Trainable) => Promise<boolean>,
): Promise<string> {
  const shorter = (changed: Partial<StepDemand>) =>
    largest(
      Math.ceil(tokens / LENGTH_STEP) - 1,
      (steps) => fits({ ...changed, tokens: steps * LENGTH_STEP }),
    );
  const enough: string[] = [];
  if (!checkpoint && await fits({ checkpoint: true })) enough.push("gradient_checkpointing");
  const smaller = await largest(batch - 1, (batch) => fits({ batch }));
  if (smaller) {
    enough.push(`per_device_train_batch_size ${smaller} with more gradient_accumulation_steps`);
  }
  const steps = await shorter({});
  if (steps) enough.push(`at most ${steps * LENGTH_STEP} tokens`);
  for (const trainable of model.config.lsg ? ["globals", "head"] as const : ["head"] as const) {
    if (!await fits({}, trainable)) continue;
    enough.push(`trainable "${trainable}"`);
    break;
  }
  if (enough.length > 0) return `What would fit: ${enough.join(", or ")}`;
  const least = { checkpoint: true, batch: 1 };
  if (await fits(least)) {
    return "What would fit: gradient_checkpointing with per_device_train_batch_size 1";
  }
  const short = await shorter(least);
  if (short) {
    return "What would fit: gradient_checkpointing with per_device_train_batch_size 1 and at most " +
      `${short * LENGTH_STEP} tokens`;
  }
  return `Not even ${LENGTH_STEP} tokens would fit: wanted a smaller model, or fewer trained ` +
    "parameters";
}

/** The largest number from 1 to `most` that fits; undefined if there is none. What fits is monotonous. */
async function largest(
  most: number,
  fits: (value: number) => Promise<boolean>,
): Promise<number | undefined> {
  // From below, as what is far too large takes long to measure.
  let [low, high] = [0, Math.min(1, most)];
  while (high > low && await fits(high)) [low, high] = [high, Math.min(most, 2 * high)];
  if (high > low) high--; // it does not fit
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (await fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? low : undefined;
}

function megabytes(bytes: number): string {
  return bytes === Infinity ? "unlimited memory" : `${Math.ceil(bytes / 2 ** 20)} MB`;
}
