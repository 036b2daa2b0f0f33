/**
 * Which keys a query sees: patterns, spans and their parameters, without any arithmetic.
 *
 * @module
 */
export * from "../ops/attend_plan.ts";
export * from "./baselines/attention_options.ts";
export * from "./baselines/bigbird_pattern.ts";
export * from "./baselines/linformer_projections.ts";
export * from "./longformer/longformer_masks.ts";
export * from "./lsg/lsg_parameters.ts";
export * from "./lsg/lsg_pattern.ts";
export * from "./lsg/lsh_projections.ts";
export * from "./baselines/performer_features.ts";
export * from "./baselines/reformer_projections.ts";
export * from "./self_extend/self_extend_positions.ts";
export * from "../ops/span.ts";
