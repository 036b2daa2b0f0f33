/**
 * Rotary position embeddings.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Rotates pairs of columns by their position's angles; see cpu/rotate.ts. */
export const rotate: WasmKernel<"rotate"> = oneCall("rotate", {
  name: "rotate",
  fields: {
    x: "usize",
    positions: "usize",
    y: "usize",
    batch: "i32",
    tokens: "i32",
    heads: "i32",
    width: "i32",
    theta: "f64",
  },
}, ({ x, positions }, y, shape) => ({ x, positions, y, ...shape }));
