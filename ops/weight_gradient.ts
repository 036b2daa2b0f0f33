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
 * The gradient of `linear` by its matrix, `dyᵀ·x`, the sum over all rows: dy `[…, out]`, x
 * `[…, in]` → `[out, in]`; added to `sum` `[out, in]` in place, if there is one, which is then the
 * result.
 *
 * @throws {TypeError} If the shapes do not fit each other, or `sum` is also dy or x.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { weightGradient } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const dy = backend.floats(new Float32Array([1, 10]), [2, 1]);
 * const x = backend.floats(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * const sum = backend.run(weightGradient, dy, x);
 * assertEquals([...await sum.getData()], [31, 42]); // 1·[1, 2] + 10·[3, 4]
 * backend.run(weightGradient, dy, x, sum);
 * assertEquals([...await sum.getData()], [62, 84]);
 * ```
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
