/**
 * Sparse list by key norm.
 *
 * @module
 */
import {
  copyToken,
  type HeadView,
  paddedTokens,
  selectPerHead,
  type SelectShape,
  type SparseList,
} from "./select.ts";

/**
 * In each chunk a head keeps the `chunk / factor` tokens with the longest keys (`norm`).
 *
 * A masked token's norm counts as 0; of equal ones the lower place wins; entries stay in the
 * order of their places.
 *
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param shape Sizes.
 * @returns The sparse list.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example The longer of each two keys
 * ```ts
 * import { selectNorm } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, -3, 2, 0]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 4, first: 0, tokens: 4 };
 * const shape = { ...sizes, block: 2, factor: 2, chunk: 2 };
 * const list = selectNorm(keys, keys, new Int32Array([1, 1, 1, 1]), shape);
 * assertEquals([...list.keys], [-3, 2]);
 * ```
 */
export function selectNorm(
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: SelectShape,
): SparseList {
  const { width, factor, chunk } = shape;
  const kept = chunk / factor;
  return selectPerHead("selectNorm", keys, values, mask, shape, (head, list) => {
    for (let start = 0; start < paddedTokens(shape); start += chunk) {
      const norms = Array.from({ length: chunk }, (_, i) => squaredNorm(head, start + i));
      const order = norms.map((_, i) => i).sort((a, b) => norms[b] - norms[a] || a - b);
      const chosen = order.slice(0, kept).sort((a, b) => a - b);
      chosen.forEach((i, e) => {
        copyToken(head, list, start / factor + e, start + i, keys, values, width);
      });
    }
  });

  function squaredNorm(head: HeadView, t: number): number {
    if (!head.isVisible(t)) return 0;
    let sum = 0;
    for (let d = 0; d < width; d++) sum += keys[head.offset(t) + d] ** 2;
    return sum;
  }
}
