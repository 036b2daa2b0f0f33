/**
 * Sparse list by weighted means of groups.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";
import { paddedTokens, selectPerHead, type SelectShape, type SparseList } from "./select.ts";

/**
 * Each group of `factor` tokens gives `Σ w·k` and `Σ w·v` over its visible tokens, with
 * `w = softmax(q₀·k/√width)` and `q₀` the first token's query; masked if it has none (`bos_pooling`).
 *
 * The first token's query counts even where that token is masked.
 *
 * @param query `[batch, rows, heads·width]`; of each head only the row `shape.first` is read.
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param shape Sizes.
 * @returns The sparse list.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example A query of zero weighs all tokens alike
 * ```ts
 * import { selectBosPooling } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, 3]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 2, first: 0, tokens: 2 };
 * const shape = { ...sizes, block: 2, factor: 2, chunk: 2 };
 * const list = selectBosPooling(new Float32Array(2), keys, keys, new Int32Array([1, 1]), shape);
 * assertEquals([...list.keys], [2]);
 * ```
 */
export function selectBosPooling(
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: SelectShape,
): SparseList {
  const { batch, heads, rows, width, factor } = shape;
  checkLength("selectBosPooling", "query", query, [batch, rows, heads * width]);
  return selectPerHead("selectBosPooling", keys, values, mask, shape, (head, list) => {
    const first = head.offset(0);
    for (let e = 0; e < paddedTokens(shape) / factor; e++) {
      const group = Array.from({ length: factor }, (_, i) => e * factor + i);
      const visible = group.filter((t) => head.isVisible(t));
      if (visible.length === 0) continue;
      const scores = visible.map((t) => {
        let score = 0;
        for (let d = 0; d < width; d++) score += query[first + d] * keys[head.offset(t) + d];
        return score / Math.sqrt(width);
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
