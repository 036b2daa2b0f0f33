/**
 * Rotary positions.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";

/** The shape of what is rotated. */
export interface RotateShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head; even. */
  readonly width: number;
  /** Base of the wavelengths, `rope_theta` in checkpoints. */
  readonly theta: number;
}

/**
 * Turns columns `i` and `i + width/2` of each head by `position · theta^(−2i/width)`: `(x₁cos −
 * x₂sin, x₂cos + x₁sin)` (Su et al., RoFormer, equation 34, in the half-split order of Llama).
 *
 * @param x `[batch, tokens, heads·width]`.
 * @param positions `[tokens]`.
 * @param shape Sizes and base.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If an array does not fit the shape, the width is odd or theta is not positive.
 *
 * @example Position 0 turns nothing
 * ```ts
 * import { rotate } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2]);
 * const shape = { batch: 1, tokens: 1, heads: 1, width: 2, theta: 10000 };
 * assertEquals(rotate(x, new Int32Array([0]), shape), x);
 * ```
 */
export function rotate(x: Float32Array, positions: Int32Array, shape: RotateShape): Float32Array {
  const { batch, tokens, heads, width, theta } = shape;
  if (width % 2 !== 0) throw new RangeError(`rotate: head width ${width}, wanted an even one`);
  if (!(theta > 0)) throw new RangeError(`rotate: theta ${theta}, wanted a number above 0`);
  checkLength("rotate", "x", x, [batch, tokens, heads * width]);
  checkLength("rotate", "positions", positions, [tokens]);
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
