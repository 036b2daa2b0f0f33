/**
 * The values of adapters: drawn, and added to weights.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import type { LinearModule } from "./lora_modules.ts";

/** Values of a matrix or a vector. */
export interface Matrix {
  /** The values, row-major. */
  readonly values: Float32Array;
  /** Size of each dimension. */
  readonly dims: readonly number[];
}

/** A linear layer, and the values of its adapter. */
export interface AdaptedLayer {
  /** The layer. */
  readonly module: LinearModule;
  /** `[rank, inputs]`. */
  readonly A: Matrix;
  /** `[outputs, rank]`. */
  readonly B: Matrix;
}

/**
 * Draws `A` as PyTorch draws a linear layer: uniformly within `1/√inputs`; `B` is zero.
 *
 * @param module The layer; its name is part of the seed, so that each has its own numbers, whichever
 * others are adapted.
 * @param rank Rank of the update.
 * @param seed The seed.
 * @returns The values.
 */
export function drawAdapter(module: LinearModule, rank: number, seed: number): AdaptedLayer {
  const { name, inputs, outputs } = module;
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  const random = new Random(hash >>> 0);
  const bound = 1 / Math.sqrt(inputs);
  const values = Float32Array.from(
    { length: rank * inputs },
    () => bound * (2 * random.uniform() - 1),
  );
  return {
    module,
    A: { values, dims: [rank, inputs] },
    B: { values: new Float32Array(outputs * rank), dims: [outputs, rank] },
  };
}

/**
 * `W + scale·B·A`, summed in float64 and rounded once.
 *
 * @param weight `W`, `[outputs, inputs]`.
 * @param A `[rank, inputs]`.
 * @param B `[outputs, rank]`.
 * @param scale The factor of the update.
 * @returns `[outputs, inputs]`.
 */
export function addUpdate(
  weight: Float32Array,
  A: Matrix,
  B: Matrix,
  scale: number,
): Float32Array {
  const [rank, inputs] = A.dims;
  const [outputs] = B.dims;
  const sum = new Float32Array(weight.length);
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    const start = output * inputs;
    for (let input = 0; input < inputs; input++) row[input] = weight[start + input];
    for (let k = 0; k < rank; k++) {
      const factor = scale * B.values[output * rank + k];
      for (let input = 0; input < inputs; input++) {
        row[input] += factor * A.values[k * inputs + input];
      }
    }
    sum.set(row, start);
  }
  return sum;
}
