/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import { expectDims, indices } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** Sizes of gathering and of scattering rows. */
export interface RowsShape {
  /** Sequences. */
  readonly batch: number;
  /** Rows of x in each sequence. */
  readonly rows: number;
  /** Rows that are gathered or scattered in each sequence. */
  readonly picked: number;
  /** Width of a row. */
  readonly width: number;
  /** Number of indices: `picked` if all sequences share them, else `batch·picked`. */
  readonly indices: number;
}

/**
 * Gathers rows: x `[b, n, w]`, index `[b, m]` or `[1, m]` → `[b, m, w]`; index −1 gives zeros. The
 * index comes from the host.
 *
 * @throws {TypeError} If the shapes do not fit each other, or the index is the result of an
 * operation.
 * @throws {RangeError} If an index is out of range.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { gatherRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3, 4, 5, 6]), [1, 3, 2]);
 * const index = backend.integers(new Int32Array([2, -1, 0]), [1, 3]);
 * assertEquals([...await backend.run(gatherRows, x, index).getData()], [5, 6, 0, 0, 1, 2]);
 * ```
 */
export const gatherRows: Operation<
  (x: Floats, index: Integers) => Floats,
  { readonly x: Operand<"rows">; readonly index: Operand<"indices"> },
  RowsShape
> = {
  name: "gatherRows",
  plan(x, index) {
    const [batch, count, width] = x.dims;
    const [, picked] = index.dims;
    expectDims("gatherRows", "x", x, [batch, count, width]);
    expectDims("gatherRows", "index", index, [index.dims[0] === 1 ? 1 : batch, picked]);
    return {
      operands: { x: rows(x), index: indices("gatherRows", "index", index, -1, count) },
      shape: { batch, rows: count, picked, width, indices: index.size },
      result: floats([batch, picked, width]),
    };
  },
};
