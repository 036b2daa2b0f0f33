/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows, weight } from "./operation.ts";
import type { WeightGradientShape } from "./weight_gradient.ts";

/** `dy·W`: dy `[…, out]`, weight `[out, in]` → `[…, in]`. */
export const linearInputs: Operation<
  (dy: Floats, weight: Floats) => Floats,
  { readonly dy: Operand<"rows">; readonly weight: Operand<"weight"> },
  WeightGradientShape
> = {
  name: "linearInputs",
  plan(dy, matrix) {
    const outer = dy.dims.slice(0, -1);
    const [outputs, inputs] = matrix.dims;
    expectDims("linearInputs", "weight", matrix, [outputs, inputs]);
    expectDims("linearInputs", "dy", dy, [...outer, outputs]);
    return {
      operands: { dy: rows(dy), weight: weight(matrix) },
      shape: { rows: product(outer), inputs, outputs },
      result: floats([...outer, inputs]),
    };
  },
};
