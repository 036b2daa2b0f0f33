/**
 * Single operations, to their end.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { Random } from "../tensor/random.ts";

/**
 * Runs an operation to its end; of its result one row is read.
 *
 * @param backend What runs it.
 * @param operation Records it and gives `[1, n, w]`.
 */
export async function finish(backend: Backend, operation: () => Floats): Promise<void> {
  const first = backend.scope(() =>
    backend.gatherRows(operation(), backend.integers(new Int32Array(1), [1, 1]))
  );
  await first.getData();
  first.dispose();
}

/**
 * A tensor of random numbers.
 *
 * @param backend Where it lives.
 * @param dims Its dimensions.
 * @returns The tensor.
 */
export function randomFloats(backend: Backend, dims: readonly number[]): Floats {
  const size = dims.reduce((product, n) => product * n, 1);
  return backend.floats(new Random(size % 1000).normals(size), dims);
}
