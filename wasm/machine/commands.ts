/**
 * Operations as the kernels read them: a number, a count, and that many words.
 *
 * @module
 */

/** Numbers of the operations, as wasm/assembly/run.ts has them. */
export const OPERATIONS = {
  linear: 1,
  layerNorm: 2,
  activation: 3,
  attend: 4,
  embed: 5,
  add: 6,
  concatRows: 7,
  gatherRows: 8,
  scatterRows: 9,
  rotate: 10,
  select: 11,
  packWeights: 12,
  feedForward: 13,
  attendFeatures: 14,
  attendHashed: 15,
} as const;

/** An operation's name. */
export type Operation = keyof typeof OPERATIONS;

/** An operation with its arguments: addresses and sizes as 32-bit words. */
export interface Command {
  /** What to do. */
  readonly operation: Operation;
  /** Its arguments, in the order of the kernel's comment. */
  readonly words: readonly number[];
}

const bits = new DataView(new ArrayBuffer(8));

/**
 * A number as the word of a float32.
 *
 * @param value The number.
 * @returns Its bits.
 */
export function float32Word(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

/**
 * A number as the two words of a float64, the lower one first.
 *
 * @param value The number.
 * @returns Its bits.
 */
export function float64Words(value: number): [number, number] {
  bits.setFloat64(0, value, true);
  return [bits.getInt32(0, true), bits.getInt32(4, true)];
}
