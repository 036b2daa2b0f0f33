/**
 * Which keys an LSG query sees: spans over the local tokens and over the sparse list.
 *
 * @module
 */
import { hasSparsePart, type LsgParameters } from "./lsg_parameters.ts";
import { everything, type Span } from "../../ops/span.ts";

/** The parameters that determine what a token sees. */
export type LsgShape = Pick<
  LsgParameters,
  "block_size" | "sparse_block_size" | "sparsity_factor" | "sparsity_type"
>;

/** Spans of a regular token, without the globals, which it always sees. */
export interface LsgPattern {
  /** Over the regular tokens. */
  readonly local: readonly Span[];
  /** Over the sparse list; empty where there is none. */
  readonly sparse: readonly Span[];
}

/**
 * The spans of regular tokens in LSG attention.
 *
 * Up to two blocks of tokens are attended densely. Beyond, a token in block `j` sees blocks
 * `j − 1`, `j` and `j + 1`, and `sparse_block_size` entries of the sparse list on each side of
 * them; with `causal` nothing after itself and the left side only.
 *
 * @param tokens Regular tokens, without globals and without padding to blocks.
 * @param shape Checked parameters.
 * @param causal Whether a token sees nothing after itself.
 * @returns Spans over the tokens and over the sparse list.
 *
 * @example
 * ```ts
 * import { lsgPattern } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = {
 *   block_size: 8,
 *   sparse_block_size: 4,
 *   sparsity_factor: 2,
 *   sparsity_type: "norm",
 * } as const;
 * assertEquals(lsgPattern(16, shape).sparse, []);
 * assertEquals(lsgPattern(17, shape).sparse.length, 2);
 * ```
 */
export function lsgPattern(tokens: number, shape: LsgShape, causal = false): LsgPattern {
  const { block_size: block, sparse_block_size: reach, sparsity_factor: factor } = shape;
  if (isDense(tokens, shape)) return { local: [everything(tokens, causal)], sparse: [] };
  const local = [{ block, stride: block, start: -block, end: 2 * block, causal }];
  if (!hasSparsePart(shape)) return { local, sparse: [] };
  const perBlock = block / factor;
  const left = { block, stride: perBlock, start: -perBlock - reach, end: -perBlock, causal: false };
  const right = { ...left, start: 2 * perBlock, end: 2 * perBlock + reach };
  return { local, sparse: causal ? [left] : [left, right] };
}

/**
 * Masks the first token of each sequence, which a global token stands for.
 *
 * @param mask `[batch, tokens]`: 1 visible.
 * @param tokens Tokens of a sequence.
 * @returns `[batch, tokens]`.
 */
export function maskFirstTokens(mask: Int32Array, tokens: number): Int32Array {
  return mask.map((visible, i) => i % tokens === 0 ? 0 : visible);
}

/**
 * Tells whether so few tokens are attended densely: at most two blocks.
 *
 * @param tokens Regular tokens.
 * @param shape The block size.
 * @returns True up to two blocks.
 *
 * @example
 * ```ts
 * import { isDense } from "@lsg/core/attention";
 * import { assert } from "@std/assert";
 *
 * const shape = { block_size: 128 };
 * assert(isDense(256, shape) && !isDense(257, shape));
 * ```
 */
export function isDense(tokens: number, shape: Pick<LsgParameters, "block_size">): boolean {
  return tokens <= 2 * shape.block_size;
}
