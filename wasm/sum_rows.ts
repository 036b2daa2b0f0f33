/**
 * Sums over rows.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `Σ x∘y` over the rows; see cpu/sum_rows.ts. */
export const sumRows: WasmKernel<"sumRows"> = oneCall("sumRows", {
  name: "sumRows",
  fields: { x: "usize", y: "usize", result: "usize", rows: "i32", width: "i32" },
}, ({ x, y = 0 }, result, shape) => ({ x, y, result, ...shape }));
