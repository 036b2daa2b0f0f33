/**
 * The size of a batch.
 *
 * @module
 */
import { Tensor } from "../tensor/tensor.ts";
import type { TrainingBatch } from "./training_batch.ts";

/**
 * Counts what is in a batch.
 *
 * @param batch The batch.
 * @returns Its examples, and its tokens without padding.
 */
export function sizeOf(
  { input_ids, attention_mask }: TrainingBatch,
): { readonly examples: number; readonly tokens: number } {
  const examples = input_ids instanceof Tensor ? input_ids.dims[0] : input_ids.length;
  if (attention_mask === undefined || attention_mask === null) {
    return { examples, tokens: countOf(input_ids) };
  }
  const values = attention_mask instanceof Tensor
    ? [...attention_mask.data]
    : attention_mask.flat(2);
  return { examples, tokens: values.reduce<number>((sum, value) => sum + Number(value), 0) };
}

function countOf(numbers: TrainingBatch["input_ids"]): number {
  return numbers instanceof Tensor ? numbers.size : numbers.flat(2).length;
}
