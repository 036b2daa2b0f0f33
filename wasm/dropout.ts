/**
 * Dropout with counter-based randoms.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/**
 * Asserts that no weights of an attention are dropped.
 *
 * @throws {RangeError} If some are.
 */
export function refuseDroppedWeights(operation: string, { dropout }: AttendShape): void {
  if (!dropout) return;
  throw new RangeError(`${operation}: dropout of attention's weights is not offered on wasm yet`);
}

/** `x·z`, where z is 0 or a factor; see cpu/dropout.ts. */
export const dropout: WasmKernel<"dropout"> = oneCall("dropout", {
  name: "dropout",
  fields: { x: "usize", y: "usize", count: "i32", key: "i32", threshold: "i32", factor: "f32" },
}, ({ x }, y, shape) => ({ x, y, ...shape }));
