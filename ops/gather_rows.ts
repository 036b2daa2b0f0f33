/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import { expectDims, hostValues, indices } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";
import { addRowsTo } from "./row_sums.ts";

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

/** Gathers rows: x `[b, n, w]`, index `[b, m]` or `[1, m]` → `[b, m, w]`; index −1 gives zeros. */
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
  gradient(context, x, index) {
    const [batch, count] = x.dims;
    const picked = index.dims[1];
    const from = hostValues("gatherRows", index);
    const targets = Int32Array.from({ length: batch * picked }, (_, place) => {
      const row = from[place % from.length];
      return row === -1 ? -1 : Math.floor(place / picked) * count + row;
    });
    return [[x, addRowsTo(context, context.upstream, targets, batch * count).reshape(x.dims)]];
  },
};
