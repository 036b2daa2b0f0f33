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
 * @param tokens Tokens.
 * @returns `⌈tokens / 128⌉`.
 */
export function reformerColumns(tokens: number): number {
  return Math.ceil(tokens / (2 * REFORMER_CHUNK));
}

/**
 * Draws the hash matrix `R` (Kitaev et al., 2020).
 *
 * @param tokens Tokens.
 * @param heads Heads.
 * @param width Width of a head.
 * @param random The stream.
 * @returns `[heads, width, ⌈tokens / 128⌉]`.
 */
export function drawReformerProjection(
  tokens: number,
  heads: number,
  width: number,
  random: Random,
): Float32Array {
  return random.normals(heads * width * reformerColumns(tokens));
}
