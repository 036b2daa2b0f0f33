/**
 * Concatenation of rows.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** In each sequence the rows of x, then those of y; see cpu/concat_rows.ts. */
export const concatRows: WasmKernel<"concatRows"> = oneCall("concatRows", {
  name: "concatRows",
  fields: {
    x: "usize",
    y: "usize",
    result: "usize",
    batch: "i32",
    xRows: "i32",
    yRows: "i32",
    width: "i32",
    isShared: "i32",
  },
}, ({ x, y }, result, shape) => ({ x, y, result, ...shape }));
