/**
 * How rows are cut for the data type "q8": see cpu/quantize.ts for what the integers mean.
 *
 * @module
 */

/** Most values of a block, which has one step: a sum of 768 products of ±127 fits in 24 bits. */
export const QUANTIZED_BLOCK = 768;

/** Rows are padded with zeros to a multiple of this, so that blocks can be rotated. */
const MULTIPLE = 64;

/** Sizes of a row of integers. */
export interface QuantizedLayout {
  /** Values of a row with its padding. */
  readonly padded: number;
  /** Blocks of {@linkcode QUANTIZED_BLOCK} values; the last one may be shorter. */
  readonly blocks: number;
}

/**
 * Sizes of a row of integers.
 *
 * @param inputs Values of the row.
 * @returns Its padded length and the number of its blocks.
 */
export function quantizedLayout(inputs: number): QuantizedLayout {
  const padded = Math.ceil(inputs / MULTIPLE) * MULTIPLE;
  return { padded, blocks: Math.ceil(padded / QUANTIZED_BLOCK) };
}

/** Weights `[outputs, inputs]` as integers; cpu/quantize.ts makes them and says what they mean. */
export interface QuantizedWeights {
  /** Columns without their padding. */
  readonly inputs: number;
  /** `[outputs, padded]`: −127 … 127, of rotated blocks. */
  readonly values: Int8Array;
  /**
   * `[outputs, blocks]`: a rotated block is about `group·step·values`. So the product of a block of
   * weights and one of activations is about `Σ values·values · step · step`.
   */
  readonly steps: Float32Array;
}

/** The largest step: that of weights of 2¹¹¹, the most that `q8` represents. */
const LARGEST_STEP = Math.fround(2 ** 111 / 127);

/**
 * Finds what makes integers and steps unusable as weights.
 *
 * @param weights The weights.
 * @param dims `[outputs, inputs]`.
 * @returns What was found and what was wanted; undefined if they are usable.
 */
export function quantizedFault(
  { inputs, values, steps }: QuantizedWeights,
  [outputs, columns]: readonly number[],
): string | undefined {
  const { padded, blocks } = quantizedLayout(columns);
  if (inputs !== columns || values.length !== outputs * padded) {
    return `${values.length} integers of rows of ${inputs}, wanted ${outputs} × ${padded}`;
  }
  if (steps.length !== outputs * blocks) {
    return `${steps.length} steps, wanted ${outputs} × ${blocks}`;
  }
  for (let i = 0; i < steps.length; i++) {
    if (steps[i] >= 0 && steps[i] <= LARGEST_STEP) continue;
    return `the step ${steps[i]} at index ${i}, wanted 0 … ${LARGEST_STEP}`;
  }
  const index = values.indexOf(-128);
  return index < 0 ? undefined : `the integer -128 at index ${index}, wanted -127 … 127`;
}
