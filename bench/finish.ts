/**
 * Execution of single operations.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { Random } from "../tensor/random.ts";

/**
 * Runs an operation to completion by reading one row of its result.
 *
 * @param backend The backend.
 * @param operation Records the operation and returns `[1, n, w]`.
 */
export async function finish(backend: Backend, operation: () => Floats): Promise<void> {
  const first = backend.scope(() =>
    backend.gatherRows(operation(), backend.integers(new Int32Array(1), [1, 1]))
  );
  await first.getData();
  first.dispose();
}

/** Tensors that were made. */
let made = 0;

/**
 * Creates a tensor of random numbers, other ones each time.
 *
 * @param backend Backend of the tensor.
 * @param dims Dimensions.
 * @returns The tensor.
 */
export function randomFloats(backend: Backend, dims: readonly number[]): Floats {
  const size = dims.reduce((product, n) => product * n, 1);
  return backend.floats(new Random(made++).normals(size), dims);
}
