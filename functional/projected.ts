/**
 * Queries, keys and values of the same tokens as tensors.
 *
 * @module
 */
import type { Projected } from "../attention/full/full_attention.ts";
import { type Arrays, type AttentionShape, checkHeads } from "./arrays.ts";
import type { AttentionInput } from "./full_attention.ts";

/**
 * Hands an attention's inputs to the backend.
 *
 * @param arrays Makes tensors.
 * @param input Queries, keys, values and mask.
 * @param shape Sizes.
 * @returns The tensors.
 * @throws {RangeError} If an array does not fit the shape.
 */
export function projectedOf(
  arrays: Arrays,
  input: AttentionInput,
  { tokens, heads }: AttentionShape,
): Required<Projected> {
  const query = arrays.rows("query", input.query, tokens);
  const key = arrays.rows("key", input.key, tokens);
  const value = arrays.rows("value", input.value, tokens);
  checkHeads({ query, key, value }, heads);
  return { query, key, value, mask: arrays.mask("mask", input.mask), heads };
}
