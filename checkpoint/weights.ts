/** Named float tensors that are loaded one by one. */
export interface Weights {
  /** Names of all tensors. */
  names(): string[];
  /** Tells whether there is a tensor of this name. */
  has(name: string): boolean;
  /** Size of each dimension of a tensor; a RangeError if there is none of this name. */
  dims(name: string): readonly number[];
  /** Elements of a tensor in row-major order; do not change them. */
  load(name: string): Promise<Float32Array>;
}
