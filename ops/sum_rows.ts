/**
 * Sums over rows: gradients of biases and of the weights of norms.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of sums over rows. */
export interface SumRowsShape {
  /** Number of rows: the terms of each sum. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
}

/**
 * The sum of all rows, each value times that of y, if there is one: x and y `[…, w]` → `[w]`.
 *
 * @throws {TypeError} If x has no dimensions, or the shapes differ.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { sumRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * const y = backend.floats(new Float32Array([1, 1, 10, 10]), [2, 2]);
 * assertEquals([...await backend.run(sumRows, x).getData()], [4, 6]);
 * assertEquals([...await backend.run(sumRows, x, y).getData()], [31, 42]);
 * ```
 */
export const sumRows: Operation<
  (x: Floats, y?: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly y?: Operand<"rows"> },
  SumRowsShape
> = {
  name: "sumRows",
  plan(x, y) {
    if (x.dims.length === 0) throw new TypeError("sumRows: x has the shape [], wanted rows");
    if (y) expectDims("sumRows", "y", y, x.dims);
    const width = x.dims[x.dims.length - 1];
    return {
      operands: { x: rows(x), y: y && rows(y) },
      shape: { rows: product(x.dims.slice(0, -1)), width },
      result: floats([width]),
    };
  },
};
