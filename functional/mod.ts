/**
 * Every attention pattern as a function of plain Float32Arrays, on any backend.
 *
 * @module
 */
export type { AttentionInput, AttentionShape } from "./arrays.ts";
export * from "./bigbird_attention.ts";
export * from "./full_attention.ts";
export * from "./linear_attention.ts";
export * from "./linformer_attention.ts";
export * from "./longformer_attention.ts";
export * from "./lsg_attention.ts";
export * from "./lsg_layer.ts";
export * from "./reformer_attention.ts";
export * from "./self_extend_attention.ts";
