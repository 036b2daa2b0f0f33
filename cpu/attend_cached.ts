/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import type { CachedShape } from "../ops/attend_cached.ts";
import type { CpuOperands } from "./roles.ts";
import { limitScore } from "./score.ts";

/**
 * `softmax(q·k·scale)·v` over the rows of a cache that are listed for each query; −1 stands for no
 * row. A query that sees no row gets zeros. Scores beyond the range of float32 are infinite, as in
 * {@linkcode attend}.
 *
 * @param operands query `[batch, rows, heads·width]`; keys and values
 * `[batch, capacity, keyHeads·width]`; seen `[batch, rows, listed]` or `[1, rows, listed]`.
 * @param shape Sizes and scale.
 * @returns `[batch, rows, heads·width]`.
 *
 * @example A beam that continues the first row, not the second
 * ```ts
 * import { attendCached } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const values = new Float32Array([1, 2, 3]);
 * const operands = {
 *   query: new Float32Array([0]),
 *   keys: values,
 *   values,
 *   seen: new Int32Array([0, 2, -1]),
 * };
 * const sizes = { batch: 1, rows: 1, capacity: 3, listed: 3, indices: 3 };
 * const output = attendCached(operands, { ...sizes, heads: 1, width: 1, keyHeads: 1, scale: 1 });
 * assertEquals([...output], [2]);
 * ```
 */
export function attendCached(
  { query, keys, values, seen }: CpuOperands<"attendCached">,
  shape: CachedShape,
): Float32Array {
  const { batch, rows, capacity, listed, indices, heads, width, keyHeads, scale } = shape;
  const output = new Float32Array(query.length);
  for (let row = 0; row < batch * rows; row++) {
    const first = Math.floor(row / rows) * capacity;
    const start = row * listed % Math.max(1, indices);
    const visible = seen.subarray(start, start + listed).filter((index) => index >= 0);
    if (visible.length === 0) continue;
    for (let h = 0; h < heads; h++) {
      const offset = (row * heads + h) * width;
      const keyHead = Math.floor(h * keyHeads / heads);
      const starts = Array.from(visible, (index) => ((first + index) * keyHeads + keyHead) * width);
      const scores = starts.map((key) => {
        let score = 0;
        for (let d = 0; d < width; d++) score += query[offset + d] * keys[key + d];
        return limitScore(score * scale);
      });
      const maximum = scores.reduce((most, score) => score > most ? score : most, -Infinity);
      const weights = scores.map((s) => s === -Infinity ? 0 : Math.exp(s - maximum));
      const sum = weights.reduce((sum, weight) => sum + weight, 0);
      for (let d = 0; d < width; d++) {
        const weighted = starts.reduce((sum, key, i) => sum + weights[i] * values[key + d], 0);
        output[offset + d] = weighted / sum;
      }
    }
  }
  return output;
}
