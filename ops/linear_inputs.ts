/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows, weight } from "./operation.ts";
import type { WeightGradientShape } from "./weight_gradient.ts";

/**
 * The gradient of `linear` by x, `dy·W`: dy `[…, out]`, weight `[out, in]` → `[…, in]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { linearInputs } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const dy = backend.floats(new Float32Array([1, 10]), [1, 2]);
 * const weight = backend.weight(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * const dx = backend.run(linearInputs, dy, weight);
 * assertEquals([...await dx.getData()], [41, 52, 63]); // [1, 2, 3] + 10·[4, 5, 6]
 * ```
 */
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
