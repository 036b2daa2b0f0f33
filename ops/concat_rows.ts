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
 * Rows of x followed by rows of y: x `[b, n, w]` or `[1, n, w]`, y `[b, m, w]` → `[b, n + m, w]`.
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
