/**
 * Rotary position embeddings.
 *
 * @module
 */
import type { RotateShape } from "../ops/rotate.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Rotates columns `i` and `i + width/2` of each head by `position · theta^(−2i/width)`:
 * `(x₁cos − x₂sin, x₂cos + x₁sin)` (Su et al., RoFormer, equation 34, in the half-split order of
 * Llama).
 *
 * @param operands x `[batch, tokens, heads·width]`; positions `[tokens]`.
 * @param shape Sizes and base.
 * @returns `[batch, tokens, heads·width]`.
 *
 * @example Position 0 leaves x unchanged
 * ```ts
 * import { rotate } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2]);
 * const shape = { batch: 1, tokens: 1, heads: 1, width: 2, theta: 10000 };
 * assertEquals(rotate({ x, positions: new Int32Array([0]) }, shape), x);
 * ```
 */
export function rotate(
  { x, positions }: CpuOperands<"rotate">,
  { batch, tokens, heads, width, theta }: RotateShape,
): Float32Array {
  const half = width / 2;
  const result = new Float32Array(x.length);
  for (let row = 0; row < batch * tokens; row++) {
    for (let i = 0; i < half; i++) {
      const angle = positions[row % tokens] * theta ** (-2 * i / width);
      const cosine = Math.cos(angle);
      const sine = Math.sin(angle);
      for (let h = 0; h < heads; h++) {
        const first = (row * heads + h) * width + i;
        const second = first + half;
        result[first] = x[first] * cosine - x[second] * sine;
        result[second] = x[second] * cosine + x[first] * sine;
      }
    }
  }
  return result;
}
