/**
 * Rows written into a tensor in place.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Writes row `i` of y into row `index[i]` of x; see cpu/write_rows.ts. */
export const writeRows: WasmKernel<"writeRows"> = oneCall(
  "writeRows",
  {
    name: "writeRows",
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
  ({ x, index, y }, _, shape) => ({ x, index, y, ...shape }),
  ({ batch, picked, width }) => ({
    values: batch * picked * width,
  }),
);
