/**
 * Sparse list by a stride.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import { copyToken, type CpuSparseList, type CpuTokens, selectPerHead } from "./select.ts";

/**
 * Entry `i` of head `h` is token `i·factor + (h mod factor)` (`stride`).
 *
 * @param tokens keys and values `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0
 * masked.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example Two heads take turns
 * ```ts
 * import { selectStride } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]);
 * const mask = new Int32Array([1, 1, 1, 1]);
 * const sizes = { batch: 1, heads: 2, width: 1, rows: 4, first: 0, tokens: 4 };
 * const blocks = { block: 4, factor: 2, chunk: 4 };
 * const shape = { ...sizes, ...blocks, padded: 4, entries: 2 };
 * const list = selectStride({ keys, values: keys, mask }, shape);
 * assertEquals([...list.keys], [1, 20, 3, 40]);
 * ```
 */
export function selectStride(
  tokens: CpuTokens,
  sizes: SelectSizes,
): CpuSparseList {
  const { width, factor, entries } = sizes;
  return selectPerHead(tokens.mask, sizes, (head, list) => {
    for (let e = 0; e < entries; e++) {
      copyToken(head, list, e, e * factor + head.h % factor, tokens, width);
    }
  });
}
