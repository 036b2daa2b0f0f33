/**
 * Multiplication.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of a multiplication. */
export interface MultiplyShape {
  /** Number of values of x, and of y. */
  readonly count: number;
}

/**
 * `x · y`, value by value, of equal shapes: x and y `[…]` → `[…]`.
 *
 * @throws {TypeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { multiply } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3]), [1, 3]);
 * const y = backend.floats(new Float32Array([4, 5, 6]), [1, 3]);
 * assertEquals([...await backend.run(multiply, x, y).getData()], [4, 10, 18]);
 * ```
 */
export const multiply: Operation<
  (x: Floats, y: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly y: Operand<"rows"> },
  MultiplyShape
> = {
  name: "multiply",
  plan(x, y) {
    expectDims("multiply", "y", y, x.dims);
    return {
      operands: { x: rows(x), y: rows(y) },
      shape: { count: product(x.dims) },
      result: floats(x.dims),
    };
  },
};
