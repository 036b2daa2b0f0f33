/**
 * Sums of rows that belong together.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Sums of rows in a given order; see cpu/add_to_rows.ts. */
export const addToRows: WasmKernel<"addToRows"> = oneCall("addToRows", {
  name: "addToRows",
  fields: {
    y: "usize",
    order: "usize",
    starts: "usize",
    result: "usize",
    rows: "i32",
    width: "i32",
    scale: "f32",
    /** Whether they are added to what is there. */
    adds: "i32",
    /** Whether the result is packed as weights are. */
    isPacked: "i32",
  },
}, ({ sum, ...operands }, result, shape) => ({
  ...operands,
  result,
  ...shape,
  adds: sum !== undefined,
  isPacked: sum?.isPacked ?? false,
}));
