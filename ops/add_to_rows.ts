/**
 * Sums of rows that belong together: the gradient of lookups.
 *
 * @module
 */
import { expectApart, expectDims, expectScale, indices } from "./checks.ts";
import {
  changed,
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** Sizes and settings of such sums. */
export interface AddToRowsShape {
  /** Rows of the result. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Factor of all rows. */
  readonly scale: number;
}

/**
 * Row `r` is the sum of the rows `order[starts[r]] … order[starts[r + 1] − 1]` of y, in that order,
 * times scale: y `[m, w]`, order `[k]`, starts `[n + 1]` → `[n, w]`; added to `sum` `[n, w]` in
 * place, if there is one, which is then the result. Order and starts come from the host.
 *
 * @throws {TypeError} If the shapes do not fit each other, indices are the result of an operation,
 * or `sum` and y are one tensor.
 * @throws {RangeError} If an index is out of range, starts do not ascend to `k`, or scale is not
 * finite.
 *
 * @example The gradient of an embedding: places 0 and 2 looked up row 1, place 1 looked up row 0
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { addToRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const y = backend.floats(new Float32Array([1, 10, 2]), [3, 1]);
 * const order = backend.integers(new Int32Array([1, 0, 2]), [3]);
 * const starts = backend.integers(new Int32Array([0, 1, 3]), [3]);
 * assertEquals([...await backend.run(addToRows, y, order, starts).getData()], [10, 3]);
 * ```
 */
export const addToRows: Operation<
  (y: Floats, order: Integers, starts: Integers, scale?: number, sum?: Floats) => Floats,
  {
    readonly y: Operand<"rows">;
    readonly order: Operand<"indices">;
    readonly starts: Operand<"indices">;
    readonly sum?: Operand<"changed">;
  },
  AddToRowsShape
> = {
  name: "addToRows",
  plan(y, order, starts, scale = 1, sum) {
    const [count, width] = y.dims;
    expectDims("addToRows", "y", y, [count, width]);
    expectDims("addToRows", "order", order, [order.size]);
    expectDims("addToRows", "starts", starts, [Math.max(1, starts.size)]);
    const operands = {
      y: rows(y),
      order: indices("addToRows", "order", order, 0, count),
      starts: indices("addToRows", "starts", starts, 0, order.size + 1),
    };
    expectAscending(starts, order.size);
    expectScale("addToRows", scale);
    const sums = starts.size - 1;
    if (sum) {
      expectDims("addToRows", "sum", sum, [sums, width]);
      expectApart("addToRows", "sum", sum, [y]);
    }
    return {
      operands: { ...operands, sum: sum && changed(sum) },
      shape: { rows: sums, width, scale },
      result: sum ?? floats([sums, width]),
    };
  },
};

/** Kernels read from each start to the next. */
function expectAscending(starts: Integers, last: number): void {
  const values = starts.storage!.hostIntegers!;
  const at = values.findIndex((value, i) => i > 0 && value < values[i - 1]);
  if (at !== -1) {
    throw new RangeError(
      `addToRows: starts holds ${values[at]} after ${values[at - 1]}, wanted ascending numbers`,
    );
  }
  if (values[values.length - 1] !== last) {
    throw new RangeError(
      `addToRows: starts ends with ${values[values.length - 1]}, wanted ${last}, as many as order`,
    );
  }
}
