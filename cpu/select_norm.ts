/**
 * Sparse list by key norm.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import {
  copyToken,
  type CpuSparseList,
  type CpuTokens,
  type HeadView,
  selectPerHead,
} from "./select.ts";

/**
 * In each chunk a head keeps the `chunk / factor` tokens with the longest keys (`norm`).
 *
 * A masked token's norm counts as 0, that of a key with NaN as infinite; the earlier one of equal
 * norms wins; entries stay in the order of the tokens.
 *
 * @param tokens keys and values `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0
 * masked.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example The longer key of each pair
 * ```ts
 * import { selectNorm } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, -3, 2, 0]);
 * const mask = new Int32Array([1, 1, 1, 1]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 4, first: 0, tokens: 4 };
 * const blocks = { block: 2, factor: 2, chunk: 2 };
 * const shape = { ...sizes, ...blocks, padded: 4, entries: 2 };
 * const list = selectNorm({ keys, values: keys, mask }, shape);
 * assertEquals([...list.keys], [-3, 2]);
 * ```
 */
export function selectNorm(
  tokens: CpuTokens,
  sizes: SelectSizes,
): CpuSparseList {
  const { width, factor, chunk, padded } = sizes;
  const kept = chunk / factor;
  return selectPerHead(tokens.mask, sizes, (head, list) => {
    for (let start = 0; start < padded; start += chunk) {
      const norms = Array.from({ length: chunk }, (_, i) => squaredNorm(head, start + i));
      const order = norms.map((_, i) => i)
        .sort((a, b) => norms[a] === norms[b] ? a - b : norms[b] - norms[a]);
      const chosen = order.slice(0, kept).sort((a, b) => a - b);
      chosen.forEach((i, e) => copyToken(head, list, start / factor + e, start + i, tokens, width));
    }
  });

  function squaredNorm(head: HeadView, t: number): number {
    if (!head.isVisible(t)) return 0;
    let sum = 0;
    for (let d = 0; d < width; d++) sum += tokens.keys[head.offset(t) + d] ** 2;
    return Number.isNaN(sum) ? Infinity : sum;
  }
}
