/**
 * Rotary position embeddings.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Turns pairs of columns by their angles; see cpu/rotate.ts. */
export const rotate: WasmKernel<"rotate"> = oneCall("rotate", {
  name: "rotate",
  fields: {
    x: "usize",
    turns: "usize",
    y: "usize",
    rows: "i32",
    turnRows: "i32",
    heads: "i32",
    width: "i32",
    pairs: "i32",
    sign: "f32",
  },
}, ({ x, turns }, y, { batch, tokens, heads, width, pairs, sequences, isInverse }) => ({
  x,
  turns,
  y,
  rows: batch * tokens,
  turnRows: sequences * tokens,
  heads,
  width,
  pairs,
  sign: isInverse ? -1 : 1,
}), ({ batch, tokens, heads, width }) => ({ values: batch * tokens * heads * width }));
