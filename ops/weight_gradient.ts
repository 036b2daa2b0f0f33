/**
 * The gradient of a linear layer by its matrix.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of the product. */
export interface WeightGradientShape {
  /** Rows of both: the terms of each sum. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row of dy. */
  readonly outputs: number;
}

/** `dyᵀ·x`, the sum over all rows: dy `[…, out]`, x `[…, in]` → `[out, in]`. */
export const weightGradient: Operation<
  (dy: Floats, x: Floats) => Floats,
  { readonly dy: Operand<"rows">; readonly x: Operand<"rows"> },
  WeightGradientShape
> = {
  name: "weightGradient",
  plan(dy, x) {
    const outer = dy.dims.slice(0, -1);
    const [outputs, inputs] = [dy.dims[outer.length], x.dims[x.dims.length - 1]];
    expectDims("weightGradient", "dy", dy, [...outer, outputs]);
    expectDims("weightGradient", "x", x, [...outer, inputs]);
    return {
      operands: { dy: rows(dy), x: rows(x) },
      shape: { rows: product(outer), inputs, outputs },
      result: floats([outputs, inputs]),
    };
  },
};
