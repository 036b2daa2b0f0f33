/**
 * Scattering rows into a copy of a tensor.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** A copy of x with row `i` of y in row `index[i]`; see cpu/scatter_rows.ts. */
export const scatterRows: WasmKernel<"scatterRows"> = oneCall("scatterRows", {
  name: "scatterRows",
  fields: {
    x: "usize",
    index: "usize",
    y: "usize",
    result: "usize",
    batch: "i32",
    rows: "i32",
    picked: "i32",
    width: "i32",
  },
}, ({ x, index, y }, result, shape) => ({ x, index, y, result, ...shape }));
