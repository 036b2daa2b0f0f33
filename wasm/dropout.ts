/**
 * Dropout with counter-based randoms.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `x·z`, where z is 0 or a factor; see cpu/dropout.ts. */
export const dropout: WasmKernel<"dropout"> = oneCall("dropout", {
  name: "dropout",
  fields: { x: "usize", y: "usize", count: "i32", key: "i32", threshold: "i32", factor: "f32" },
}, ({ x }, y, shape) => ({ x, y, ...shape }));
