/**
 * Pipelines: from text to answers.
 *
 * @module
 */
export * from "./fill_mask.ts";
export * from "./pipeline.ts";
export * from "./softmax.ts";
export * from "./target_ids.ts";
export * from "./top_k.ts";
