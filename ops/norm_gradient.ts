/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import { expectDims, expectEpsilon, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** The norms: with and without subtracting the mean. */
export const NORMS = ["layer", "rms"] as const;

/** The name of a norm. */
export type NormName = typeof NORMS[number];

/** Sizes and settings of the gradient of a norm. */
export interface NormGradientShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Added to the variance, or to the mean of squares. */
  readonly epsilon: number;
  /** The norm. */
  readonly name: NormName;
}

/**
 * The gradient of `layerNorm` or `rmsNorm` by x: dy and x `[…, w]`, weight `[w]` → `[…, w]`. With a
 * residual x is the sum, and the gradient is that by either term.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If epsilon is not a normal float32 above 0, or there is no such norm.
 *
 * @example The root mean square is 1; the gradient loses what would only make the row longer
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { normGradient } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, -1]), [1, 2]);
 * const dy = backend.floats(new Float32Array([2, 0]), [1, 2]); // [1, 1] + [1, −1]
 * const weight = backend.floats(new Float32Array([1, 1]), [2]);
 * const dx = await backend.run(normGradient, dy, x, weight, 1e-12, "rms").getData();
 * assertAlmostEquals(dx[0], 1, 1e-6);
 * assertAlmostEquals(dx[1], 1, 1e-6);
 * ```
 */
export const normGradient: Operation<
  (
    dy: Floats,
    x: Floats,
    weight: Floats,
    epsilon: number,
    name: NormName,
  ) => Floats,
  {
    readonly dy: Operand<"rows">;
    readonly x: Operand<"rows">;
    readonly weight: Operand<"rows">;
  },
  NormGradientShape
> = {
  name: "normGradient",
  plan(dy, x, weight, epsilon, name) {
    const width = x.dims[x.dims.length - 1];
    expectDims("normGradient", "dy", dy, x.dims);
    expectDims("normGradient", "weight", weight, [width]);
    // Without it gradients of constant rows are not numbers.
    expectEpsilon("normGradient", epsilon);
    if (!NORMS.includes(name)) {
      throw new RangeError(
        `normGradient: got ${JSON.stringify(name)}, wanted one of ${NORMS.join(", ")}`,
      );
    }
    return {
      operands: {
        dy: rows(dy),
        x: rows(x),
        weight: rows(weight),
      },
      shape: { rows: product(x.dims.slice(0, -1)), width, epsilon, name },
      result: floats(x.dims),
    };
  },
};
