/**
 * Layer normalisation.
 *
 * @module
 */
import { add } from "./add.ts";
import { expectDims, product } from "./checks.ts";
import { normGradient } from "./norm_gradient.ts";
import {
  type Floats,
  floats,
  type Gradient,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";
import { sumRows } from "./sum_rows.ts";

/** Sizes and settings of a layer norm. */
export interface LayerNormShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Added to the variance. */
  readonly epsilon: number;
}

/** The smallest and the largest normal float32. */
const SMALLEST = 2 ** -126;
const LARGEST = 3.4028234663852886e38;

/**
 * Normalises `x + residual` to mean 0 and variance 1 over the last dimension, then multiplies by
 * weight and adds bias: x and residual `[…, w]`, weight and bias `[w]` → `[…, w]`.
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
    if (!(epsilon === 0 || (epsilon >= SMALLEST && epsilon <= LARGEST))) {
      throw new RangeError(
        `layerNorm: got the epsilon ${epsilon}, wanted 0 or a positive number in the range of float32`,
      );
    }
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
  // One sum is kept in place of its two terms.
  decompose: (run, x, weight, bias, epsilon, residual) =>
    residual && run(layerNorm, run(add, x, residual), weight, bias, epsilon),
  isCheap: true,
  keeps: (_wants, _result, x, weight, bias) => [x, weight, bias],
  gradient({ run, wants, upstream, floats }, x, weight, bias, epsilon) {
    const gradients: Gradient[] = [];
    if (wants(x)) gradients.push([x, run(normGradient, upstream, x, weight, epsilon, "layer")]);
    if (wants(weight)) {
      const [one, zero] = [1, 0].map((value) =>
        floats(new Float32Array(weight.size).fill(value), weight.dims)
      );
      const normed = run(layerNorm, x, one, zero, epsilon);
      gradients.push([weight, run(sumRows, upstream, normed)]);
    }
    if (wants(bias)) gradients.push([bias, run(sumRows, upstream)]);
    return gradients;
  },
};
