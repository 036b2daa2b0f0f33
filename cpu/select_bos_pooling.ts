/**
 * Sparse list by weighted means of groups.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import type { CpuOperands } from "./roles.ts";
import { limitScore } from "./score.ts";
import { type CpuSparseList, selectPerHead } from "./select.ts";

/**
 * Each group of `factor` tokens gives `Σ w·k` and `Σ w·v` over its visible tokens, with
 * `w = softmax(q₀·k/√width)` and `q₀` the first token's query; masked if it has none (`bos_pooling`).
 *
 * The first token's query is used even if that token is masked. A score beyond the range of float32
 * is infinite, as in `attend`.
 *
 * @param operands query, of which only the row `first` is read, keys and values
 * `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example A query of zero weighs all tokens equally
 * ```ts
 * import { selectBosPooling } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 3]);
 * const mask = new Int32Array([1, 1]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 2, first: 0, tokens: 2 };
 * const blocks = { block: 2, factor: 2, chunk: 2 };
 * const shape = { ...sizes, ...blocks, padded: 2, entries: 1 };
 * const operands = { query: new Float32Array(2), keys, values: keys, mask };
 * const list = selectBosPooling(operands, shape);
 * assertEquals([...list.keys], [2]);
 * ```
 */
export function selectBosPooling(
  { query, keys, values, mask }: CpuOperands<"selectBosPooling">,
  sizes: SelectSizes,
): CpuSparseList {
  const { width, factor, entries } = sizes;
  return selectPerHead(mask, sizes, (head, list) => {
    const first = head.offset(0);
    for (let e = 0; e < entries; e++) {
      const group = Array.from({ length: factor }, (_, i) => e * factor + i);
      const visible = group.filter((t) => head.isVisible(t));
      if (visible.length === 0) continue;
      const scores = visible.map((t) => {
        let score = 0;
        for (let d = 0; d < width; d++) score += query[first + d] * keys[head.offset(t) + d];
        return limitScore(score / Math.sqrt(width));
      });
      const maximum = scores.reduce((a, b) => Math.max(a, b));
      const weights = scores.map((score) => Math.exp(score - maximum));
      const sum = weights.reduce((a, b) => a + b);
      const to = head.entryOffset(e);
      for (let d = 0; d < width; d++) {
        let key = 0;
        let value = 0;
        visible.forEach((t, i) => {
          key += weights[i] * keys[head.offset(t) + d];
          value += weights[i] * values[head.offset(t) + d];
        });
        list.keys[to + d] = key / sum;
        list.values[to + d] = value / sum;
      }
      list.mask[head.maskOffset(e)] = 1;
    }
  });
}
