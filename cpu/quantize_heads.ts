/**
 * Keys and values in 8 bits.
 *
 * @module
 */
import type { QuantizeHeadsShape } from "../ops/quantize_heads.ts";
import type { CpuOperands } from "./roles.ts";

/** Keys or values as integers: head `h` of row `i` is about `steps[i·heads + h]·values`. */
export interface QuantizedHeads {
  /** `[batch, rows, heads·width]`: −127 … 127. */
  readonly values: Int8Array;
  /** `[batch, rows, heads]`. */
  readonly steps: Float32Array;
  /** `[batch, rows, heads·width]`: what the integers stand for. */
  readonly floats: Float32Array;
}

const { fround } = Math;

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

/** The largest integer. */
const LARGEST = 127;

/** Heads without a larger value become zeros: the inverse of their step might be infinite. */
const SMALLEST = 2 ** -100;

/** 1.5·2²³: float32 numbers of this size are whole, so adding it rounds, halves to even. */
const MAGIC = 12_582_912;

/**
 * Rounds values to integers −127 … 127 with one step, halves to even.
 *
 * @param from The values.
 * @param to Memory for as many integers: zeros if the step is 0 or NaN.
 * @returns The step, `largest / 127`: 0 if all values are almost nothing, NaN if one is NaN or
 * infinite.
 */
export function roundToBytes(from: Float32Array, to: Int8Array): number {
  const largest = from.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const isFinite = Number.isFinite(largest); // false for NaN too
  const inverse = isFinite && largest >= SMALLEST ? fround(LARGEST / largest) : 0;
  from.forEach((value, i) => {
    to[i] = inverse === 0 ? 0 : fround(fround(value * inverse) + MAGIC) - MAGIC;
  });
  if (!isFinite) return NaN;
  return inverse === 0 ? 0 : fround(largest / LARGEST);
}
