/**
 * Addition.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `x + y`, y repeated to the length of x; see cpu/add.ts. */
export const add: WasmKernel<"add"> = oneCall(
  "add",
  {
    name: "add",
    fields: { x: "usize", y: "usize", result: "usize", count: "i32", repeat: "i32" },
  },
  ({ x, y }, result, shape) => ({ x, y, result, ...shape }),
  ({ count }) => ({ values: count }),
);
