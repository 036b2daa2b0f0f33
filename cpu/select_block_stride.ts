/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import { copyToken, type CpuSparseList, type CpuTokens, selectPerHead } from "./select.ts";

/**
 * Of each block, entry `i` of head `h` is its token `(h·r + i) mod block`, `r = block / factor`
 * (`block_stride`).
 *
 * @param tokens keys and values `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0
 * masked.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example Head 0 takes the first half of a block, head 1 the second
 * ```ts
 * import { selectBlockStride } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]);
 * const mask = new Int32Array([1, 1, 1, 1]);
 * const sizes = { batch: 1, heads: 2, width: 1, rows: 4, first: 0, tokens: 4 };
 * const blocks = { block: 4, factor: 2, chunk: 4 };
 * const shape = { ...sizes, ...blocks, padded: 4, entries: 2 };
 * const list = selectBlockStride({ keys, values: keys, mask }, shape);
 * assertEquals([...list.keys], [1, 30, 2, 40]);
 * ```
 */
export function selectBlockStride(
  tokens: CpuTokens,
  sizes: SelectSizes,
): CpuSparseList {
  const { width, block, factor, entries } = sizes;
  const perBlock = block / factor;
  return selectPerHead(tokens.mask, sizes, (head, list) => {
    for (let e = 0; e < entries; e++) {
      const start = Math.floor(e / perBlock) * block;
      const token = start + (head.h * perBlock + e % perBlock) % block;
      copyToken(head, list, e, token, tokens, width);
    }
  });
}
