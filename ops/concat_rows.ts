/**
 * Concatenation of rows.
 *
 * @module
 */
import { expectDims } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of a concatenation. */
export interface ConcatShape {
  /** Sequences. */
  readonly batch: number;
  /** Rows of x in each sequence. */
  readonly xRows: number;
  /** Rows of y in each sequence. */
  readonly yRows: number;
  /** Width of a row. */
  readonly width: number;
  /** Whether all sequences have the same x. */
  readonly isShared: boolean;
}

/**
 * Rows of x followed by rows of y: x `[b, n, w]` or `[1, n, w]` for the same rows in each sequence,
 * y `[b, m, w]` → `[b, n + m, w]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 *
 * @example Two sequences get the same first row
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { concatRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([9]), [1, 1, 1]);
 * const y = backend.floats(new Float32Array([1, 2, 3, 4]), [2, 2, 1]);
 * const rows = backend.run(concatRows, x, y);
 * assertEquals(rows.dims, [2, 3, 1]);
 * assertEquals([...await rows.getData()], [9, 1, 2, 9, 3, 4]);
 * ```
 */
export const concatRows: Operation<
  (x: Floats, y: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly y: Operand<"rows"> },
  ConcatShape
> = {
  name: "concatRows",
  plan(x, y) {
    const [batch, yRows, width] = y.dims;
    const [sequences, xRows] = x.dims;
    const isShared = sequences === 1;
    expectDims("concatRows", "y", y, [batch, yRows, width]);
    expectDims("concatRows", "x", x, [isShared ? 1 : batch, xRows, width]);
    return {
      operands: { x: rows(x), y: rows(y) },
      shape: { batch, xRows, yRows, width, isShared },
      result: floats([batch, xRows + yRows, width]),
    };
  },
};
