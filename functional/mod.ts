/**
 * Every attention pattern as a function of plain Float32Arrays, on any backend.
 *
 * @example Full attention over 1,000 tokens, 2 heads of 4
 * ```ts
 * import { fullAttention } from "@lsg/core/functional";
 *
 * const rows = new Float32Array(1000 * 8).map(() => Math.random());
 * const shape = { batch: 1, tokens: 1000, heads: 2 };
 * const output = await fullAttention({ query: rows, key: rows, value: rows }, shape);
 * console.log(output.length); // 8,000
 * ```
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
