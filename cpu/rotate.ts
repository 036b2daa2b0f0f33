/**
 * Rotary position embeddings.
 *
 * @module
 */
import type { RotateShape } from "../ops/rotate.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Turns columns `i` and `i + pairs` of each head by the angle of pair i: `(x₁cos − x₂sin, x₂cos +
 * x₁sin)` (Su et al., RoFormer, equation 34, in the half-split order of Llama). Columns from
 * `2·pairs` on stay.
 *
 * @param operands x `[batch, tokens, heads·width]`; turns `[sequences, tokens, 2·pairs]`: cosines,
 * then sines.
 * @param shape Sizes; whether sines count negative.
 * @returns `[batch, tokens, heads·width]`.
 *
 * @example A quarter turn
 * ```ts
 * import { rotate } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { x: new Float32Array([1, 2]), turns: new Float32Array([0, 1]) };
 * const sizes = { batch: 1, tokens: 1, heads: 1, width: 2, pairs: 1, sequences: 1 };
 * assertEquals([...rotate(operands, { ...sizes, isInverse: false })], [-2, 1]);
 * ```
 */
export function rotate(
  { x, turns }: CpuOperands<"rotate">,
  { batch, tokens, heads, width, pairs, sequences, isInverse }: RotateShape,
): Float32Array {
  const result = x.slice();
  for (let row = 0; row < batch * tokens; row++) {
    const turn = (row % (sequences * tokens)) * 2 * pairs;
    for (let i = 0; i < pairs; i++) {
      const cosine = turns[turn + i];
      const sine = isInverse ? -turns[turn + pairs + i] : turns[turn + pairs + i];
      for (let h = 0; h < heads; h++) {
        const first = (row * heads + h) * width + i;
        const second = first + pairs;
        result[first] = x[first] * cosine - x[second] * sine;
        result[second] = x[second] * cosine + x[first] * sine;
      }
    }
  }
  return result;
}
