/**
 * Models: weights and operations to outputs.
 *
 * @example Hidden states of 4,096 tokens
 * ```ts
 * import { AutoModel } from "@lsg/core/models";
 *
 * using model = await AutoModel.from_pretrained("FacebookAI/roberta-base", {
 *   lsg: { max_sequence_length: 4096 },
 * });
 * const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 * console.log(last_hidden_state.dims); // [1, 4, 768]
 * ```
 *
 * @module
 */
export type { LinearAdapter, ModelAdapter } from "./adapter.ts";
export * from "./auto.ts";
export * from "./auto_config.ts";
export type { BlockParts } from "./blocks.ts";
export * from "./causal_lm.ts";
export * from "./conditional_generation.ts";
export type { Encoder, EncoderOutput } from "./encoder.ts";
export type { Encoded, PassOptions, TokenRows } from "./pass.ts";
export type { AttentionSettings } from "./encoder_attention.ts";
export * from "./encoder_model.ts";
export * from "./family_classes.ts";
export * from "./head_model.ts";
export type { ModelInputs, TokenBatch, TokenNumbers } from "./inputs.ts";
export * from "./language_model.ts";
export type { LabelSettings } from "../checkpoint/labels.ts";
export type { PreTrainedOptions } from "./load.ts";
export * from "./load_parts.ts";
export * from "./masked_lm.ts";
export * from "./multiple_choice.ts";
export type { ParameterPart } from "./parameter_part.ts";
export type { Parameters } from "./parameters.ts";
export * from "./pre_training.ts";
export * from "./pretrained_model.ts";
export * from "./question_answering.ts";
export * from "./sequence_classification.ts";
export type { NextRow, SequenceRunner } from "./sequence_runner.ts";
export {
  MEMORY_DATA_TYPES,
  type MemoryDataType,
  type ModelSettings,
  type ResolvedSettings,
} from "./settings.ts";
export * from "./token_classification.ts";
export { findSpecialTokenIds } from "../tokenizer/special_token_ids.ts";
