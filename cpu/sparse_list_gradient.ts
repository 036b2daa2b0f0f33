/**
 * The gradient of a sparse list by the tokens that it was made of.
 *
 * @module
 */
import type { SparseListGradientShape } from "../ops/sparse_list_gradient.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Token `t` of region `⌊t/region⌋` gets `Σ w·list[e]` over that region's `kept` entries, with its
 * weight in each: `weights[⌊i/width⌋][e]`, column `i mod width`, for `i = t mod region`.
 *
 * @param operands list and each of the weights `[batch, entries, heads·width]`.
 * @param shape Sizes.
 * @returns `[batch, rows, heads·width]`; rows that are no tokens are 0.
 *
 * @example The mean of two tokens
 * ```ts
 * import { sparseListGradient } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const half = new Float32Array([0.5]);
 * const tokens = { first: 0, tokens: 2, rows: 2, region: 2, kept: 1 };
 * const shape = { ...tokens, batch: 1, heads: 1, width: 1, entries: 1 };
 * const operands = { list: new Float32Array([6]), weights: [half, half] };
 * assertEquals([...sparseListGradient(operands, shape)], [3, 3]);
 * ```
 */
export function sparseListGradient(
  { list, weights }: CpuOperands<"sparseListGradient">,
  { batch, heads, width, first, tokens, rows, region, kept, entries }: SparseListGradientShape,
): Float32Array {
  const result = new Float32Array(batch * rows * heads * width);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < tokens; t++) {
      const i = t % region;
      const weight = weights[Math.floor(i / width)];
      for (let h = 0; h < heads; h++) {
        const sum = new Float64Array(width);
        for (let e = 0; e < kept; e++) {
          const from = ((b * entries + Math.floor(t / region) * kept + e) * heads + h) * width;
          const share = weight[from + i % width];
          // A token has nothing of an entry that it is not in, not even NaN.
          if (share === 0) continue;
          for (let d = 0; d < width; d++) sum[d] += share * list[from + d];
        }
        result.set(sum, ((b * rows + first + t) * heads + h) * width);
      }
    }
  }
  return result;
}
