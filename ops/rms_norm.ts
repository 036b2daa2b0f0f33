/**
 * Root mean square normalisation.
 *
 * @module
 */
import { expectDims, expectEpsilon, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of an RMS norm. */
export interface RmsNormShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Added to the mean of squares. */
  readonly epsilon: number;
}

/**
 * Divides `x + residual` by the root of the mean of its squares over the last dimension, then
 * multiplies by weight: x and residual `[…, w]`, weight `[w]` → `[…, w]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If epsilon is not a normal float32 above 0.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { rmsNorm } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 7]), [1, 2]); // the mean of squares is 25
 * const weight = backend.floats(new Float32Array([1, 10]), [2]);
 * const y = await backend.run(rmsNorm, x, weight, 1e-6).getData();
 * assertAlmostEquals(y[0], 1 / 5, 1e-6);
 * assertAlmostEquals(y[1], 10 * 7 / 5, 1e-5);
 * ```
 */
export const rmsNorm: Operation<
  (x: Floats, weight: Floats, epsilon: number, residual?: Floats) => Floats,
  {
    readonly x: Operand<"rows">;
    readonly weight: Operand<"rows">;
    readonly residual?: Operand<"rows">;
  },
  RmsNormShape
> = {
  name: "rmsNorm",
  plan(x, weight, epsilon, residual) {
    const width = x.dims[x.dims.length - 1];
    expectDims("rmsNorm", "weight", weight, [width]);
    if (residual) expectDims("rmsNorm", "residual", residual, x.dims);
    // Without it a row of zeros would be divided by zero.
    expectEpsilon("rmsNorm", epsilon);
    return {
      operands: { x: rows(x), weight: rows(weight), residual: residual && rows(residual) },
      shape: { rows: product(x.dims.slice(0, -1)), width, epsilon },
      result: floats(x.dims),
    };
  },
};
