/**
 * Pipelines: text to answers.
 *
 * @module
 */
export * from "./answer_spans.ts";
export * from "../base/check_options.ts";
export * from "./document_windows.ts";
export * from "./entities.ts";
export * from "./feature_extraction.ts";
export * from "./fill_mask.ts";
export * from "./group_by_length.ts";
export * from "./pipeline.ts";
export * from "./pool.ts";
export * from "./question_answering.ts";
export * from "./score_functions.ts";
export * from "./sentence_pooling.ts";
export * from "./softmax.ts";
export * from "./target_ids.ts";
export * from "./text_classification.ts";
export * from "./text_pipeline.ts";
export * from "./token_classification.ts";
export * from "./top_k.ts";
export * from "./zero_shot_classification.ts";
