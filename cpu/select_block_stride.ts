/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import {
  copyToken,
  paddedTokens,
  selectPerHead,
  type SelectShape,
  type SparseList,
} from "./select.ts";

/**
 * Of each block, entry `i` of head `h` is its token `(h·r + i) mod block`, `r = block / factor`
 * (`block_stride`).
 *
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param shape Sizes.
 * @returns The sparse list.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example Head 0 takes the first half of a block, head 1 the second
 * ```ts
 * import { selectBlockStride } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]);
 * const sizes = { batch: 1, heads: 2, width: 1, rows: 4, first: 0, tokens: 4 };
 * const shape = { ...sizes, block: 4, factor: 2, chunk: 4 };
 * const list = selectBlockStride(keys, keys, new Int32Array([1, 1, 1, 1]), shape);
 * assertEquals([...list.keys], [1, 30, 2, 40]);
 * ```
 */
export function selectBlockStride(
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: SelectShape,
): SparseList {
  const { width, block, factor } = shape;
  const perBlock = block / factor;
  return selectPerHead("selectBlockStride", keys, values, mask, shape, (head, list) => {
    for (let e = 0; e < paddedTokens(shape) / factor; e++) {
      const start = Math.floor(e / perBlock) * block;
      const token = start + (head.h * perBlock + e % perBlock) % block;
      copyToken(head, list, e, token, keys, values, width);
    }
  });
}
