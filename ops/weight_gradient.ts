/**
 * The gradient of a linear layer by its matrix.
 *
 * @module
 */
import { expectApart, expectDims, product } from "./checks.ts";
import { changed, type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of the product. */
export interface WeightGradientShape {
  /** Rows of both: the terms of each sum. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row of dy. */
  readonly outputs: number;
}

/**
 * `dyᵀ·x`, the sum over all rows: dy `[…, out]`, x `[…, in]` → `[out, in]`; added to `sum` in place, if
 * there is one.
 */
export const weightGradient: Operation<
  (dy: Floats, x: Floats, sum?: Floats) => Floats,
  {
    readonly dy: Operand<"rows">;
    readonly x: Operand<"rows">;
    readonly sum?: Operand<"changed">;
  },
  WeightGradientShape
> = {
  name: "weightGradient",
  plan(dy, x, sum) {
    const outer = dy.dims.slice(0, -1);
    const [outputs, inputs] = [dy.dims[outer.length], x.dims[x.dims.length - 1]];
    expectDims("weightGradient", "dy", dy, [...outer, outputs]);
    expectDims("weightGradient", "x", x, [...outer, inputs]);
    if (sum) {
      expectDims("weightGradient", "sum", sum, [outputs, inputs]);
      expectApart("weightGradient", "sum", sum, [dy, x]);
    }
    return {
      operands: { dy: rows(dy), x: rows(x), sum: sum && changed(sum) },
      shape: { rows: product(outer), inputs, outputs },
      result: sum ?? floats([outputs, inputs]),
    };
  },
};
