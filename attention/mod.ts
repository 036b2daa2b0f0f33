/**
 * Which keys a query sees: patterns, spans and their parameters, without any arithmetic.
 *
 * @module
 */
export * from "./attend_plan.ts";
export * from "./attention_options.ts";
export * from "./bigbird_pattern.ts";
export * from "./linformer_projections.ts";
export * from "./longformer_masks.ts";
export * from "./lsg_parameters.ts";
export * from "./lsg_pattern.ts";
export * from "./lsh_projections.ts";
export * from "./performer_features.ts";
export * from "./reformer_projections.ts";
export * from "./self_extend_positions.ts";
export * from "./span.ts";
