/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
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

/** The smallest normal float32: without an epsilon, gradients of constant rows are not numbers. */
const LEAST_EPSILON = 2 ** -126;

/**
 * The gradient of `layerNorm` or `rmsNorm` by x: dy and x `[…, w]`, weight `[w]` → `[…, w]`. With a
 * residual x is the sum, and the gradient is that by either term.
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
    if (!(epsilon >= LEAST_EPSILON && epsilon < Infinity)) {
      throw new RangeError(`normGradient: epsilon ${epsilon}, wanted a float32 number above 0`);
    }
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
