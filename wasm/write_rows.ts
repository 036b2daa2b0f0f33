/**
 * Rows written into a tensor in place.
 *
 * @module
 */
import { PICKED_ROWS } from "./gather_rows.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Writes row `i` of y into row `index[i]` of x; see cpu/write_rows.ts. */
export const writeRows: WasmKernel<"writeRows"> = oneCall(
  "writeRows",
  {
    name: "writeRows",
    fields: PICKED_ROWS,
  },
  ({ x, index, y }, _, shape) => ({ x, index, y, ...shape }),
  ({ batch, picked, width }) => ({
    values: batch * picked * width,
  }),
);
