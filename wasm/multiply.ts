/**
 * Multiplication.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `x · y`, value by value; see cpu/multiply.ts. */
export const multiply: WasmKernel<"multiply"> = oneCall(
  "multiply",
  {
    name: "multiply",
    fields: { x: "usize", y: "usize", result: "usize", count: "i32" },
  },
  ({ x, y }, result, shape) => ({ x, y, result, ...shape }),
  ({ count }) => ({ values: count }),
);
