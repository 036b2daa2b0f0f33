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
