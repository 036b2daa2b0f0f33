/**
 * Attention patterns: which keys a query sees, as spans, and the parameters of each pattern.
 *
 * @module
 */
export * from "../ops/attend_plan.ts";
export * from "./baselines/attention_options.ts";
export * from "./baselines/bigbird_pattern.ts";
export * from "./baselines/linformer_projections.ts";
export * from "./lsg/lsg_parameters.ts";
export { isDense, type LsgPattern, lsgPattern, type LsgShape } from "./lsg/lsg_pattern.ts";
export { lshProjections, type LshProjectionShape } from "./lsg/lsh_projections.ts";
export * from "./baselines/performer_features.ts";
export * from "./baselines/reformer_projections.ts";
export * from "./rotary/rope.ts";
export * from "./rotary/rotation.ts";
export * from "./self_extend/self_extend_positions.ts";
export * from "./self_extend/self_extend_settings.ts";
export * from "../ops/span.ts";
