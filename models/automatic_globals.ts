/**
 * Global tokens of a Longformer's head, where the caller gives no mask.
 *
 * @module
 */
import type { Head, ModelConfig } from "../families/families.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";

/** Whether a token is global, by its index and that of its sequence's first separator. */
const RULES: Partial<Record<Head, (token: number, separator: number) => boolean>> = {
  SequenceClassification: (token) => token === 0,
  QuestionAnswering: (token, separator) => token < separator,
  // There are two separators between the text and the choice.
  MultipleChoice: (token, separator) => token > separator + 1,
};

/**
 * Marks the first token for a classification of sequences, the question for question answering, the
 * choice for multiple choice (Beltagy et al., 2020, section 3.2).
 *
 * @param batch The checked inputs.
 * @param inputs The caller's inputs; their `global_attention_mask` comes first.
 * @param config The model's config.
 * @param head The model's head.
 * @returns The batch, with its own mask where the head has a rule.
 * @throws {RangeError} If a sequence that the rule splits at a separator has none.
 */
export function withAutomaticGlobals(
  batch: TokenBatch,
  inputs: ModelInputs,
  config: ModelConfig,
  head: Head,
): TokenBatch {
  const rule = RULES[head];
  const isGiven = (inputs.global_attention_mask ?? null) !== null;
  // An LED has none of its own choice.
  if (!rule || !config.attention_window || config.decoder || isGiven) return batch;
  const { tokens, ids, mask } = batch;
  const firstSeparator = (row: number) => {
    const at = ids.subarray(row * tokens, (row + 1) * tokens).indexOf(config.sep_token_id ?? -1);
    if (at >= 0) return at;
    throw new RangeError(
      `Cannot choose global tokens of sequence ${row} for ${head}: it has no separator ` +
        `(${config.sep_token_id}); give global_attention_mask`,
    );
  };
  const rows = head === "SequenceClassification" ? 0 : batch.batch;
  const separators = Array.from({ length: rows }, (_, row) => firstSeparator(row));
  const globalMask = mask.map((_, i) =>
    Number(rule(i % tokens, separators[Math.floor(i / tokens)]))
  );
  return { ...batch, globalMask };
}
