/**
 * Layer normalisation.
 *
 * @module
 */
import { expectDims, expectEpsilon, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of a layer norm. */
export interface LayerNormShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * Normalises `x + residual` to mean 0 and variance 1 over the last dimension, then multiplies by
 * weight and adds bias: x and residual `[…, w]`, weight and bias `[w]` → `[…, w]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If epsilon is neither 0 nor a positive normal float32.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { layerNorm } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 3]), [1, 1, 2]); // mean 2, variance 1
 * const weight = backend.floats(new Float32Array([5, 5]), [2]);
 * const bias = backend.floats(new Float32Array([10, 20]), [2]);
 * const y = backend.run(layerNorm, x, weight, bias, 0);
 * assertEquals([...await y.getData()], [5, 25]); // 5·−1 + 10 and 5·1 + 20
 * ```
 */
export const layerNorm: Operation<
  (x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats) => Floats,
  {
    readonly x: Operand<"rows">;
    readonly weight: Operand<"rows">;
    readonly bias: Operand<"rows">;
    readonly residual?: Operand<"rows">;
  },
  LayerNormShape
> = {
  name: "layerNorm",
  plan(x, weight, bias, epsilon, residual) {
    const width = x.dims[x.dims.length - 1];
    expectDims("layerNorm", "weight", weight, [width]);
    expectDims("layerNorm", "bias", bias, [width]);
    if (residual) expectDims("layerNorm", "residual", residual, x.dims);
    expectEpsilon("layerNorm", epsilon, true);
    return {
      operands: {
        x: rows(x),
        weight: rows(weight),
        bias: rows(bias),
        residual: residual && rows(residual),
      },
      shape: { rows: product(x.dims.slice(0, -1)), width, epsilon },
      result: floats(x.dims),
    };
  },
};
