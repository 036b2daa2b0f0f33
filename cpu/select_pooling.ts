/**
 * Sparse list by means of groups.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import { type CpuSparseList, type CpuTokens, selectPerHead } from "./select.ts";

/**
 * Each group of `factor` tokens gives the mean of its visible keys and of its visible values,
 * `sum / (count + 1e-6)`; masked if it has none (`pooling`).
 *
 * @param tokens keys and values `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0
 * masked.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example The third token is alone in its group
 * ```ts
 * import { selectPooling } from "@lsg/core/cpu";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 3, 5]);
 * const mask = new Int32Array([1, 1, 1]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 3, first: 0, tokens: 3 };
 * const blocks = { block: 2, factor: 2, chunk: 2 };
 * const shape = { ...sizes, ...blocks, padded: 4, entries: 2 };
 * const list = selectPooling({ keys, values: keys, mask }, shape);
 * assertEquals(list.keys.length, 2);
 * assertAlmostEquals(list.keys[0], 2, 1e-5);
 * assertAlmostEquals(list.keys[1], 5, 1e-5);
 * ```
 */
export function selectPooling(
  tokens: CpuTokens,
  sizes: SelectSizes,
): CpuSparseList {
  const { keys, values, mask } = tokens;
  const { width, factor, entries } = sizes;
  return selectPerHead(mask, sizes, (head, list) => {
    for (let e = 0; e < entries; e++) {
      const key = new Float64Array(width);
      const value = new Float64Array(width);
      let count = 0;
      for (let t = e * factor; t < (e + 1) * factor; t++) {
        if (!head.isVisible(t)) continue;
        const from = head.offset(t);
        for (let d = 0; d < width; d++) {
          key[d] += keys[from + d];
          value[d] += values[from + d];
        }
        count++;
      }
      if (count === 0) continue;
      const to = head.entryOffset(e);
      for (let d = 0; d < width; d++) {
        list.keys[to + d] = key[d] / (count + 1e-6);
        list.values[to + d] = value[d] / (count + 1e-6);
      }
      list.mask[head.maskOffset(e)] = 1;
    }
  });
}
