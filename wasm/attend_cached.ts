/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import { WIDEST_HEAD } from "./attend.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `softmax(q·k·scale)·v` over listed rows of a cache; see cpu/attend_cached.ts. */
export const attendCached: WasmKernel<"attendCached"> = oneCall("attendCached", {
  name: "attendCached",
  fields: {
    query: "usize",
    keys: "usize",
    values: "usize",
    seen: "usize",
    y: "usize",
    batch: "i32",
    rows: "i32",
    capacity: "i32",
    listed: "i32",
    indices: "i32",
    heads: "i32",
    width: "i32",
    keyHeads: "i32",
    scale: "f32",
  },
}, (operands, y, shape) => {
  const { width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `attendCached: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`,
    );
  }
  return { ...operands, y, ...shape };
});
