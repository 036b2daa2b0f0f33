/**
 * Rows of token ids to a model's outputs, in padded batches.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { nextTask } from "../base/next_task.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { ModelInputs, PreTrainedModel } from "../models/mod.ts";
import type { Floats } from "../ops/backend.ts";
import type { EncodedRow } from "../tokenizer/mod.ts";
import { padRows } from "../tokenizer/pad_rows.ts";
import { stackRows } from "../tokenizer/stack_rows.ts";
import { groupByLength } from "./group_by_length.ts";
import type { CallOptions } from "./text_pipeline.ts";

/** Without LSG, lengths that round up to the same multiple of this run together. */
const LENGTH_MULTIPLE = 16;

/**
 * The multiple that lengths of texts which run together round up to.
 *
 * @param config The model's config.
 * @returns Tokens.
 */
export function lengthMultiple({ lsg }: Pick<ModelConfig, "lsg">): number {
  return lsg?.block_size ?? LENGTH_MULTIPLE;
}

/** Most tokens in a batch, unless a call says: two long documents, or many short texts. */
const MAX_BATCH_TOKENS = 8192;

/**
 * Runs a model on rows: rows of similar length run as one batch, padded at the end. With LSG,
 * lengths are similar if they take the same number of blocks.
 *
 * @param model The model.
 * @param rows The rows, in any order.
 * @param options Callback after each layer, the signal that stops the run, tokens of a batch.
 * @param forward Runs the model on a batch of the rows at some indices and returns tensors
 * `[batch, …]`, which are disposed of here.
 * @param read Makes a result of the index of a row and its part of each tensor.
 * @returns The results, in the order of the rows.
 * @throws The signal's reason, if it was aborted.
 */
export async function runRows<Result>(
  model: PreTrainedModel<unknown>,
  rows: readonly EncodedRow[],
  { layer_callback, signal, max_batch_tokens = MAX_BATCH_TOKENS }: Pick<
    CallOptions,
    "layer_callback" | "signal" | "max_batch_tokens"
  >,
  forward: (inputs: ModelInputs, indices: readonly number[]) => Promise<readonly Floats[]>,
  read: (index: number, ...values: Float32Array[]) => Result | Promise<Result>,
): Promise<Result[]> {
  const { lsg, pad_token_id, type_vocab_size } = model.config;
  const multiple = lengthMultiple(model.config);
  const lengths = rows.map((row) => row.ids.length);
  const results: Result[] = new Array(rows.length);
  for (const indices of groupByLength(lengths, multiple, max_batch_tokens)) {
    // Texts were encoded, or the results of others made: enough for a task of a page.
    await nextTask();
    signal?.throwIfAborted();
    const longest = largest(indices.map((index) => lengths[index]));
    // Without `adaptive` the model accepts whole blocks only.
    const length = lsg && !lsg.adaptive ? Math.ceil(longest / multiple) * multiple : longest;
    // Padding at the end shifts no token's position.
    const padding = { id: pad_token_id, side: "right" } as const;
    const batch = stackRows(padRows(indices.map((index) => rows[index]), length, padding));
    // Some tokenizers tell the texts of a pair apart for models that do not.
    const typed = type_vocab_size < 2 ? { ...batch, token_type_ids: undefined } : batch;
    const tensors = await forward({ ...typed, layer_callback, signal }, indices);
    try {
      signal?.throwIfAborted();
      const values = await Promise.all(tensors.map((tensor) => tensor.getData()));
      for (const [i, index] of indices.entries()) {
        const parts = values.map((all) => {
          const size = all.length / indices.length;
          return all.subarray(i * size, (i + 1) * size);
        });
        results[index] = await read(index, ...parts);
      }
    } finally {
      tensors.forEach((tensor) => tensor.dispose());
    }
  }
  return results;
}
