import type { QuantizedWeights } from "../tensor/quantized_layout.ts";

/** What marks weights in 8 bits: a key of a file's metadata, and the method in `config.json`. */
export const QUANTIZED = "lsg_q8";

/** Named float32 tensors, loaded one by one. */
export interface Weights {
  /** Lists the names of all tensors. */
  names(): string[];
  /** Returns whether there is a tensor of this name. */
  has(name: string): boolean;
  /** Returns the size of each dimension of a tensor; throws a RangeError if there is none. */
  dims(name: string): readonly number[];
  /** Loads the elements of a tensor in row-major order; do not change them. */
  load(name: string): Promise<Float32Array>;
  /** Loads the bits of a tensor in half precision; undefined, or absent, for other weights. */
  loadHalves?(name: string): Promise<Uint16Array | undefined>;
  /** Loads the integers of a matrix in 8 bits; undefined, or absent, for weights that are floats. */
  loadQuantized?(name: string): Promise<QuantizedWeights | undefined>;
  /**
   * Frees the memory of elements that were loaded, if they were read for this call alone: an engine
   * may otherwise keep those of many tensors for a while. Nobody may use them afterwards.
   */
  release?(name: string, values: Float32Array | Uint16Array | Int8Array): void;
}

/**
 * Returns whether a tensor is held in the data type of a backend, as matrices and tables are.
 *
 * @param name Its name.
 * @param dims Its dimensions.
 * @returns True for two dimensions, unless it is a bias; all others are always 32-bit floats.
 */
export function isMatrix(name: string, dims: readonly number[]): boolean {
  return dims.length === 2 && !name.endsWith("bias");
}
