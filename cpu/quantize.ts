/**
 * Quantization to 8 bits, for weights with the dtype "q8" and the rows that they multiply.
 *
 * A row, of weights or of activations, is padded with zeros to a multiple of 64 and cut into blocks
 * of 768 values, of which the last may be shorter. Each block is rotated ({@linkcode hadamard}),
 * and then rounded to integers −127 … 127 with a step of its own. A rotation keeps products, up to
 * a factor, so that the sum of the products of two blocks of integers, times their steps, is about
 * the product of the two blocks.
 *
 * Why the rotation: activations have a few large values, and one step a row would round the others
 * away. In the embedded model 97.9 % of the first guesses at hidden words are those of float32, and
 * their bits rise by 0.04 %. Where four columns are 20 times as large, as in language models, 95 % of
 * them stay with the rotation, 88 % without it.
 *
 * All that is rounded is rounded to float32, one operation at a time, so that every backend
 * computes the same integers and the same steps, bit for bit.
 *
 * @module
 */
import {
  QUANTIZED_BLOCK,
  quantizedLayout,
  type QuantizedWeights,
} from "../tensor/quantized_layout.ts";
import { groupOf, hadamard, inverseHadamard } from "./hadamard.ts";

export type { QuantizedWeights } from "../tensor/quantized_layout.ts";

/** A row of activations as integers. */
export interface QuantizedRow {
  /** `[padded]`: −127 … 127, of rotated blocks. */
  readonly values: Int8Array;
  /** `[blocks]`: a rotated block is about `step·values`. NaN if a value is NaN or infinite. */
  readonly steps: Float32Array;
}

/** Keys or values as integers: head `h` of row `i` is about `steps[i·heads + h]·values`. */
export interface QuantizedHeads {
  /** `[batch, rows, heads·width]`: −127 … 127. */
  readonly values: Int8Array;
  /** `[batch, rows, heads]`. */
  readonly steps: Float32Array;
  /** `[batch, rows, heads·width]`: what the integers stand for. */
  readonly floats: Float32Array;
}

/** The largest integer. */
const LARGEST = 127;

/** Blocks without a larger value become zeros: the inverse of their step might be infinite. */
const SMALLEST = 2 ** -100;

/** 1.5·2²³: float32 numbers of this size are whole, so adding it rounds, halves to even. */
const MAGIC = 12_582_912;

const { fround } = Math;

/**
 * Rounds each row of weights to integers.
 *
 * @param weight `[outputs, inputs]`, finite; at most 2¹¹¹, or steps and sums may overflow.
 * @param outputs Rows.
 * @param inputs Columns.
 * @returns Integers and their steps.
 *
 * @example
 * ```ts
 * import { dequantizeWeights, quantizeWeights } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = quantizeWeights(new Float32Array([-254, 100, 0, 127]), 2, 2);
 * assertEquals([weights.values.length, weights.steps.length], [2 * 64, 2]);
 * assertEquals([...dequantizeWeights(weights)], [-254, 100, 0, 127]);
 * ```
 */
export function quantizeWeights(
  weight: Float32Array,
  outputs: number,
  inputs: number,
): QuantizedWeights {
  const { padded, blocks } = quantizedLayout(inputs);
  const values = new Int8Array(outputs * padded);
  const steps = new Float32Array(outputs * blocks);
  for (let o = 0; o < outputs; o++) {
    const row = quantizeRow(weight.subarray(o * inputs, (o + 1) * inputs));
    values.set(row.values, o * padded);
    row.steps.forEach((step, block) => {
      const start = block * QUANTIZED_BLOCK;
      // Division by a power of two: exact.
      const group = groupOf(Math.min(QUANTIZED_BLOCK, padded - start));
      steps[o * blocks + block] = step / group;
    });
  }
  return { inputs, values, steps };
}

/**
 * Rounds a row of activations to integers; the largest of each rotated block becomes ±127.
 *
 * @param row `[inputs]`. If a value is NaN or infinite, or so large that a rotated one is, the
 * steps of its block are NaN.
 * @returns Integers and their steps.
 *
 * @example
 * ```ts
 * import { quantizeRow } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * // The first of 16 vectors of 4 values: added to all others, which are zeros.
 * const { values, steps } = quantizeRow(new Float32Array([-254, 100, 0, 127]));
 * assertEquals([...values.subarray(0, 8)], [-127, 50, 0, 64, -127, 50, 0, 64]);
 * assertEquals([...steps], [2]);
 * ```
 */
export function quantizeRow(row: Float32Array): QuantizedRow {
  const { padded, blocks } = quantizedLayout(row.length);
  const rotated = new Float32Array(padded);
  rotated.set(row);
  const values = new Int8Array(padded);
  const steps = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const [start, end] = [block * QUANTIZED_BLOCK, (block + 1) * QUANTIZED_BLOCK];
    const part = rotated.subarray(start, end);
    hadamard(part);
    steps[block] = roundToBytes(part, values.subarray(start, end));
  }
  return { values, steps };
}

/**
 * Rounds values to integers −127 … 127 with one step, halves to even.
 *
 * @param from `[count]`: the values.
 * @param to `[count]`: memory for the integers; they are zeros if the step is 0 or NaN.
 * @returns The step, `largest / 127`: 0 if all values are below 2⁻¹⁰⁰, NaN if one is NaN or
 * infinite.
 *
 * @example
 * ```ts
 * import { roundToBytes } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const integers = new Int8Array(4);
 * const step = roundToBytes(Float32Array.of(-254, 100, 3, 127), integers);
 * assertEquals(step, 2);
 * assertEquals([...integers], [-127, 50, 2, 64]); // 1.5 and 63.5 become even
 * ```
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

/**
 * Converts integers back to weights.
 *
 * @param weights Integers and steps, as {@linkcode quantizeWeights} makes them.
 * @returns `[outputs, inputs]`.
 *
 * @example What rounding to 8 bits changes
 * ```ts
 * import { dequantizeWeights, quantizeWeights } from "@lsg/core/cpu";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const weight = Float32Array.of(0.7, -0.2, 0.1, 0.3); // [1, 4]
 * const rounded = dequantizeWeights(quantizeWeights(weight, 1, 4));
 * // Of four values the largest becomes 127: others are off by at most half a step of 0.7 / 127.
 * rounded.forEach((value, i) => assertAlmostEquals(value, weight[i], 0.7 / 127 / 2 + 1e-6));
 * ```
 */
export function dequantizeWeights({ inputs, values, steps }: QuantizedWeights): Float32Array {
  const { padded, blocks } = quantizedLayout(inputs);
  const outputs = blocks === 0 ? 0 : steps.length / blocks;
  const weight = new Float32Array(outputs * inputs);
  const row = new Float32Array(padded);
  for (let o = 0; o < outputs; o++) {
    for (let block = 0; block < blocks; block++) {
      const [start, end] = [block * QUANTIZED_BLOCK, (block + 1) * QUANTIZED_BLOCK];
      const part = row.subarray(start, end);
      const step = steps[o * blocks + block];
      part.forEach((_, i) => part[i] = step * values[o * padded + start + i]);
      inverseHadamard(part);
    }
    weight.set(row.subarray(0, inputs), o * inputs);
  }
  return weight;
}
