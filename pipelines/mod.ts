/**
 * Pipelines: text to answers.
 *
 * @example Embeddings of sentences
 * ```ts
 * import { pipeline } from "@lsg/core/pipelines";
 *
 * const name = "sentence-transformers/all-MiniLM-L6-v2";
 * using extractor = await pipeline("feature-extraction", name);
 * const { dims } = await extractor(["The sea.", "A river."]);
 * console.log(dims); // [2, 384]
 * ```
 *
 * @module
 */
export { AGGREGATION_STRATEGIES, type AggregationStrategy } from "./entities.ts";
export * from "./feature_extraction.ts";
export * from "./fill_mask.ts";
export * from "./pipeline.ts";
export { type Pooling, POOLINGS } from "./pool.ts";
export * from "./question_answering.ts";
export { SCORE_FUNCTIONS, type ScoreFunction, sigmoid } from "./score_functions.ts";
export type { SentenceLayer } from "./sentence_layer.ts";
export type { SentencePooling } from "./sentence_pooling.ts";
export type { SentenceTexts } from "./sentence_texts.ts";
export { type ScoreArray, softmax } from "../tensor/softmax.ts";
export * from "./summarization.ts";
export * from "./text2text_generation.ts";
export * from "./text_classification.ts";
export * from "./text_generation.ts";
export type { TextGenerationOptions } from "./text_generation_options.ts";
export type { Conversation } from "./text_generation_prompts.ts";
export { type CallOptions, TextPipeline } from "./text_pipeline.ts";
export * from "./token_classification.ts";
export * from "./translation.ts";
export * from "./writing_pipeline.ts";
export * from "./zero_shot_classification.ts";
