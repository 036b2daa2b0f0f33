/**
 * The hash matrices of Reformer.
 *
 * @module
 */
import type { Random } from "../../tensor/random.ts";

/** Tokens of a chunk. */
export const REFORMER_CHUNK = 64;

/**
 * Columns of the hash matrix: half of the buckets, so that a bucket has a chunk of tokens on
 * average.
 *
 * @param tokens Tokens of a sequence, with padding.
 * @returns `⌈tokens / 128⌉`.
 *
 * @example
 * ```ts
 * import { REFORMER_CHUNK, reformerColumns } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const buckets = 2 * reformerColumns(1024);
 * assertEquals(1024 / buckets, REFORMER_CHUNK); // tokens of a bucket on average
 * ```
 */
export function reformerColumns(tokens: number): number {
  return Math.ceil(tokens / (2 * REFORMER_CHUNK));
}

/**
 * Draws the hash matrix `R` (Kitaev et al., 2020).
 *
 * @param tokens Tokens of a sequence, with padding.
 * @param heads Heads.
 * @param width Width of a head.
 * @param random The stream.
 * @returns `[heads, width, ⌈tokens / 128⌉]`.
 *
 * @example
 * ```ts
 * import { drawReformerProjection } from "@lsg/core/attention";
 * import { reformerAttention } from "@lsg/core/functional";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const projection = drawReformerProjection(2, 1, 3, new Random(7)); // [1, 3, 1]
 * const x = Float32Array.of(1, 0, 2, -1, 1, 0);
 * const [input, shape] = [{ query: x, key: x, value: x }, { batch: 1, tokens: 2, heads: 1 }];
 * const output = await reformerAttention(input, { ...shape, projection });
 * assertEquals(output, await reformerAttention(input, { ...shape, seed: 7 })); // draws the same
 * ```
 */
export function drawReformerProjection(
  tokens: number,
  heads: number,
  width: number,
  random: Random,
): Float32Array {
  return random.normals(heads * width * reformerColumns(tokens));
}
