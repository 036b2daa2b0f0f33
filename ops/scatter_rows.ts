/**
 * Scattering rows into a copy of a tensor.
 *
 * @module
 */
import { expectDims, indices } from "./checks.ts";
import type { RowsShape } from "./gather_rows.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/**
 * A copy of x `[b, n, w]` with `y[i]` in row `index[i]`: y `[b, m, w]`, index `[b, m]` →
 * `[b, n, w]`; rows of y with index −1 are skipped. Of rows with the same index the last one
 * counts; the gradient wants each index once. The index comes from the host.
 *
 * @throws {TypeError} If the shapes do not fit each other, or the index is the result of an
 * operation.
 * @throws {RangeError} If an index is out of range.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { scatterRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3]), [1, 3, 1]);
 * const index = backend.integers(new Int32Array([2, -1]), [1, 2]);
 * const y = backend.floats(new Float32Array([30, 40]), [1, 2, 1]);
 * assertEquals([...await backend.run(scatterRows, x, index, y).getData()], [1, 2, 30]);
 * ```
 */
export const scatterRows: Operation<
  (x: Floats, index: Integers, y: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly index: Operand<"indices">; readonly y: Operand<"rows"> },
  RowsShape
> = {
  name: "scatterRows",
  plan(x, index, y) {
    const [batch, count, width] = x.dims;
    const [, picked] = index.dims;
    expectDims("scatterRows", "x", x, [batch, count, width]);
    expectDims("scatterRows", "index", index, [batch, picked]);
    expectDims("scatterRows", "y", y, [batch, picked, width]);
    return {
      operands: {
        x: rows(x),
        index: indices("scatterRows", "index", index, -1, count),
        y: rows(y),
      },
      shape: { batch, rows: count, picked, width, indices: index.size },
      result: floats(x.dims),
    };
  },
};
