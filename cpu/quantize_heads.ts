/**
 * Keys and values in 8 bits.
 *
 * @module
 */
import type { QuantizeHeadsShape } from "../ops/quantize_heads.ts";
import { type QuantizedHeads, roundToBytes } from "./quantize.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Rounds each head of each row, less the sequence's mean, to integers: the largest one becomes ±127.
 * A head with a NaN or an infinity has the step NaN. Differences, quotients and steps are rounded to
 * float32, so that every backend computes the same integers.
 *
 * @param operands x `[batch, rows, heads·width]`, mean `[batch, 1, heads·width]`.
 * @param shape Sizes.
 * @returns Integers and steps.
 *
 * @example Two rows of one head
 * ```ts
 * import { quantizeHeads } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([-253, 101, 1, 128]);
 * const mean = new Float32Array([1, 1]);
 * const shape = { batch: 1, rows: 2, heads: 1, width: 2 };
 * const { values, steps } = quantizeHeads({ x, mean }, shape);
 * assertEquals([...values], [-127, 50, 0, 127]);
 * assertEquals([...steps], [2, 1]);
 * ```
 */
export function quantizeHeads(
  { x, mean }: CpuOperands<"quantizeHeads">,
  { batch, rows, heads, width }: QuantizeHeadsShape,
): QuantizedHeads {
  const values = new Int8Array(x.length);
  const steps = new Float32Array(batch * rows * heads);
  const floats = new Float32Array(x.length);
  const head = new Float32Array(width);
  for (let i = 0; i < steps.length; i++) {
    const b = Math.floor(i / (rows * heads));
    const [from, meanFrom] = [i * width, (b * heads + i % heads) * width];
    for (let d = 0; d < width; d++) head[d] = x[from + d] - (mean ? mean[meanFrom + d] : 0);
    steps[i] = roundToBytes(head, values.subarray(from, from + width));
    for (let d = 0; d < width; d++) floats[from + d] = steps[i] * values[from + d];
  }
  return { values, steps, floats };
}
