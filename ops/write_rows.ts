/**
 * Rows written into a tensor in place.
 *
 * @module
 */
import { expectDims, indices } from "./checks.ts";
import type { RowsShape } from "./gather_rows.ts";
import {
  type Floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
  target,
} from "./operation.ts";

/**
 * Writes `y[i]` into row `index[i]` of x in place: x `[b, n, w]`, index `[b, m]` or `[1, m]`, y
 * `[b, m, w]`; −1 leaves a row of y out. The index comes from the host.
 *
 * @throws {TypeError} If the shapes do not fit each other, the index is the result of an operation,
 * or x and y are one tensor.
 * @throws {RangeError} If an index is out of range, or twice in a sequence.
 *
 * @example A cache with a free row
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { writeRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const cache = backend.floats(new Float32Array([1, 2, 0]), [1, 3, 1]);
 * const index = backend.integers(new Int32Array([2]), [1, 1]);
 * backend.run(writeRows, cache, index, backend.floats(new Float32Array([3]), [1, 1, 1]));
 * assertEquals([...await cache.getData()], [1, 2, 3]);
 * ```
 */
export const writeRows: Operation<
  (x: Floats, index: Integers, y: Floats) => void,
  {
    readonly x: Operand<"target">;
    readonly index: Operand<"indices">;
    readonly y: Operand<"rows">;
  },
  RowsShape
> = {
  name: "writeRows",
  plan(x, index, y) {
    const [batch, count, width] = x.dims;
    const [, picked] = index.dims;
    expectDims("writeRows", "index", index, [index.dims[0] === 1 ? 1 : batch, picked]);
    expectDims("writeRows", "y", y, [batch, picked, width]);
    expectDims("writeRows", "x", x, [batch, count, width]);
    if (x.storage === y.storage) {
      throw new TypeError("writeRows: x and y are the same tensor, wanted two");
    }
    return {
      operands: {
        x: target(x),
        index: distinctIndices(index, count),
        y: rows(y),
      },
      shape: { batch, rows: count, picked, width, indices: index.size },
      result: undefined,
    };
  },
};

/** Indices of rows, none of them twice in a sequence: kernels write all rows at once. */
function distinctIndices(index: Integers, count: number): Operand<"indices"> {
  const operand = indices("writeRows", "index", index, -1, count);
  const values = index.storage!.hostIntegers!;
  const [sequences, picked] = index.dims;
  for (let b = 0; b < sequences; b++) {
    const written = new Set<number>();
    for (const row of values.subarray(b * picked, (b + 1) * picked)) {
      if (written.has(row)) {
        throw new RangeError(`writeRows: index holds ${row} twice in sequence ${b}, wanted once`);
      }
      if (row !== -1) written.add(row);
    }
  }
  return operand;
}
