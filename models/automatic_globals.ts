/**
 * Which tokens a Longformer's head makes global where the caller does not say.
 *
 * @module
 */
import type { ModelConfig } from "../checkpoint/config.ts";
import type { Head } from "../families/families.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";

/**
 * Marks the first token for a classification of sequences, the question for question answering, the
 * choice for multiple choice (Beltagy et al., 2020, section 3.2).
 *
 * @param batch The checked inputs.
 * @param inputs What the caller gave; its `global_attention_mask` comes first.
 * @param config The model's config.
 * @param head The model's head.
 * @returns The batch, with a mask of its own where the head has a rule.
 * @throws {RangeError} If a sequence without separator should be parted at one.
 *
 * @example The question before the first separator
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { readInputs, withAutomaticGlobals } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "longformer" });
 * const inputs = { input_ids: [[0, 7, 8, 2, 2, 9, 2]] };
 * const batch = readInputs(inputs, { vocabulary: 10, types: 1, globals: true });
 * const { globalMask } = withAutomaticGlobals(batch, inputs, config, "QuestionAnswering");
 * assertEquals([...globalMask], [1, 1, 1, 0, 0, 0, 0]);
 * ```
 */
export function withAutomaticGlobals(
  batch: TokenBatch,
  inputs: ModelInputs,
  config: ModelConfig,
  head: Head,
): TokenBatch {
  if (!config.attention_window || inputs.global_attention_mask !== undefined) return batch;
  const { tokens, ids, mask } = batch;
  const firstSeparator = (row: number) => {
    const at = ids.subarray(row * tokens, (row + 1) * tokens).indexOf(config.sep_token_id ?? -1);
    if (at >= 0) return at;
    throw new RangeError(
      `Cannot choose global tokens of sequence ${row} for ${head}: it has no separator ` +
        `(${config.sep_token_id}); give global_attention_mask`,
    );
  };
  const rules: Partial<Record<Head, (row: number) => (token: number) => boolean>> = {
    SequenceClassification: () => (token) => token === 0,
    QuestionAnswering: (row) => {
      const end = firstSeparator(row);
      return (token) => token < end;
    },
    // Two separators stand between the text and the choice.
    MultipleChoice: (row) => {
      const end = firstSeparator(row);
      return (token) => token > end + 1;
    },
  };
  const rule = rules[head];
  if (!rule) return batch;
  const globalMask = new Int32Array(mask.length);
  for (let row = 0; row < batch.batch; row++) {
    const isGlobal = rule(row);
    for (let token = 0; token < tokens; token++) {
      globalMask[row * tokens + token] = isGlobal(token) ? 1 : 0;
    }
  }
  return { ...batch, globalMask };
}
