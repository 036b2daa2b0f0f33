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
  /**
   * Frees the memory of elements that were loaded, if they were read for this call alone: an engine
   * may otherwise keep those of many tensors for a while. Nobody may use them afterwards.
   */
  release?(name: string, values: Float32Array): void;
}
