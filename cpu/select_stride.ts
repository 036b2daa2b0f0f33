/**
 * Sparse list by a stride.
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
 * Entry `i` of head `h` is token `i·factor + (h mod factor)` (`stride`).
 *
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param shape Sizes.
 * @returns The sparse list.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example Two heads take turns
 * ```ts
 * import { selectStride } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]);
 * const sizes = { batch: 1, heads: 2, width: 1, rows: 4, first: 0, tokens: 4 };
 * const shape = { ...sizes, block: 4, factor: 2, chunk: 4 };
 * const list = selectStride(keys, keys, new Int32Array([1, 1, 1, 1]), shape);
 * assertEquals([...list.keys], [1, 20, 3, 40]);
 * ```
 */
export function selectStride(
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: SelectShape,
): SparseList {
  const { width, factor } = shape;
  return selectPerHead("selectStride", keys, values, mask, shape, (head, list) => {
    for (let e = 0; e < paddedTokens(shape) / factor; e++) {
      copyToken(head, list, e, e * factor + head.h % factor, keys, values, width);
    }
  });
}
