/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Arguments of kernels that read or write the rows of a list of indices. */
export const PICKED_ROWS = {
  x: "usize",
  index: "usize",
  y: "usize",
  batch: "i32",
  rows: "i32",
  picked: "i32",
  width: "i32",
  indices: "i32",
} as const;

/** Row `index[i]` of x as row `i`; −1 gives zeros; see cpu/gather_rows.ts. */
export const gatherRows: WasmKernel<"gatherRows"> = oneCall(
  "gatherRows",
  {
    name: "gatherRows",
    fields: PICKED_ROWS,
  },
  ({ x, index }, y, shape) => ({ x, index, y, ...shape }),
  ({ batch, picked, width }) => ({
    values: batch * picked * width,
  }),
);
