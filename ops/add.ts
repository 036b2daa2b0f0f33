/**
 * Addition.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of an addition. */
export interface AddShape {
  /** Number of values of x. */
  readonly count: number;
  /** Number of values of y, a divisor of `count`. */
  readonly repeat: number;
}

/**
 * `x + y`: x `[b, n, w]`, y of the same shape, or `[1, n, w]` to add the same rows to each
 * sequence → `[b, n, w]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 *
 * @example The same row for two sequences
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { add } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3, 4]), [2, 1, 2]);
 * const y = backend.floats(new Float32Array([10, 20]), [1, 1, 2]);
 * assertEquals([...await backend.run(add, x, y).getData()], [11, 22, 13, 24]);
 * ```
 */
export const add: Operation<
  (x: Floats, y: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly y: Operand<"rows"> },
  AddShape
> = {
  name: "add",
  plan(x, y) {
    expectDims("add", "y", y, y.dims[0] === 1 ? [1, ...x.dims.slice(1)] : x.dims);
    return {
      operands: { x: rows(x), y: rows(y) },
      shape: { count: product(x.dims), repeat: product(y.dims) },
      result: floats(x.dims),
    };
  },
};
