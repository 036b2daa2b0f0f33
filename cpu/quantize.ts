/**
 * Numbers as small integers, for linear layers with the dtype "q8".
 *
 * Weights get 8 bits with sign, −127 … 127, and activations 7 bits without, 0 … 127: products of
 * such pairs add up to 16 bits without overflow, which is what the WebAssembly instruction for them
 * asks for. The 7 bits start at a row's smallest value, so that none are lost to a sign.
 *
 * All steps are rounded to float32, so that every floor finds the same integers.
 *
 * @module
 */
import { checkLength } from "./checks.ts";

/** Weights as integers: row `o` is about `steps[o]·values[o]`. */
export interface QuantizedWeights {
  /** `[outputs, inputs]`: −127 … 127. */
  readonly values: Int8Array;
  /** `[outputs]`. */
  readonly steps: Float32Array;
}

/** A row of activations as integers: about `offset + step·values`. */
export interface QuantizedRow {
  /** 0 … 127. */
  readonly values: Uint8Array;
  /** What an integer counts for. */
  readonly step: number;
  /** What 0 stands for: the row's smallest value. */
  readonly offset: number;
}

/** The largest integer. */
const LARGEST = 127;

/** Ranges below this become 0: their inverse might be infinite. */
const SMALLEST_RANGE = 2 ** -100;

/** More products of such integers may not fit into 32 bits. */
const MOST_INPUTS = 2 ** 17;

const { fround } = Math;

/**
 * Rounds each row of weights to integers; the largest one of a row becomes ±127.
 *
 * @param weight `[outputs, inputs]`, finite.
 * @param outputs Rows.
 * @param inputs Columns.
 * @returns Integers and their steps.
 * @throws {RangeError} If the array does not fit the shape, or rows are too long to be summed.
 *
 * @example
 * ```ts
 * import { quantizeWeights } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const { values, steps } = quantizeWeights(new Float32Array([-254, 100, 0, 127]), 2, 2);
 * assertEquals([...values], [-127, 50, 0, 127]);
 * assertEquals([...steps], [2, 1]);
 * ```
 */
export function quantizeWeights(
  weight: Float32Array,
  outputs: number,
  inputs: number,
): QuantizedWeights {
  checkLength("quantize", "weight", weight, [outputs, inputs]);
  checkInputs(inputs);
  const values = new Int8Array(outputs * inputs);
  const steps = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    const row = weight.subarray(o * inputs, (o + 1) * inputs);
    const largest = row.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
    if (largest < SMALLEST_RANGE) continue;
    steps[o] = largest / LARGEST;
    const inverse = fround(LARGEST / largest);
    row.forEach((value, i) => values[o * inputs + i] = round(fround(value * inverse)));
  }
  return { values, steps };
}

/**
 * Rounds a row of activations to integers; the smallest one becomes 0, the largest 127.
 *
 * @param row `[inputs]`. If all its values are (nearly) equal they become 0, and `offset` has them.
 * @returns Integers, step and offset; NaN for both where a value is NaN or the range is not finite.
 *
 * @example
 * ```ts
 * import { quantizeRow } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const { values, step, offset } = quantizeRow(new Float32Array([-1, 253, 60]));
 * assertEquals([[...values], step, offset], [[0, 127, 31], 2, -1]);
 * ```
 */
export function quantizeRow(row: Float32Array): QuantizedRow {
  const values = new Uint8Array(row.length);
  const offset = row.reduce((a, b) => Math.min(a, b), Infinity);
  const range = fround(row.reduce((a, b) => Math.max(a, b), -Infinity) - offset);
  if (!Number.isFinite(range)) return { values, step: NaN, offset: NaN };
  if (range < SMALLEST_RANGE) return { values, step: 0, offset };
  const inverse = fround(LARGEST / range);
  row.forEach((value, i) => values[i] = round(fround(fround(value - offset) * inverse)));
  return { values, step: fround(range / LARGEST), offset };
}

/**
 * The weights that integers stand for.
 *
 * @param weights Integers and steps.
 * @returns `[outputs, inputs]`.
 */
export function dequantizeWeights({ values, steps }: QuantizedWeights): Float32Array {
  const inputs = values.length / steps.length;
  return Float32Array.from(values, (value, i) => value * steps[Math.floor(i / inputs)]);
}

/**
 * That sums of so many products fit into 32 bits.
 *
 * @param inputs Columns of the weights.
 * @throws {RangeError} If they do not.
 */
export function checkInputs(inputs: number): void {
  if (inputs <= MOST_INPUTS) return;
  throw new RangeError(
    `Cannot hold weights of ${inputs} columns as q8: wanted at most ${MOST_INPUTS}`,
  );
}

/** To the nearest integer, halves up. */
function round(value: number): number {
  return Math.floor(fround(value + 0.5));
}
