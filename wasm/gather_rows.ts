/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Row `index[i]` of x as row `i`; −1 gives zeros; see cpu/gather_rows.ts. */
export const gatherRows: WasmKernel<"gatherRows"> = oneCall(
  "gatherRows",
  {
    name: "gatherRows",
    fields: {
      x: "usize",
      index: "usize",
      y: "usize",
      batch: "i32",
      rows: "i32",
      picked: "i32",
      width: "i32",
      indices: "i32",
    },
  },
  ({ x, index }, y, shape) => ({ x, index, y, ...shape }),
  ({ batch, picked, width }) => ({
    values: batch * picked * width,
  }),
);
