/**
 * The largest scores of each row.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** The `count` largest scores of each row and `log Σ exp(x)`; see cpu/top_scores.ts. */
export const topScores: WasmKernel<"topScores"> = oneCall("topScores", {
  name: "topScores",
  fields: {
    scores: "usize",
    values: "usize",
    indices: "usize",
    logSum: "usize",
    rows: "i32",
    columns: "i32",
    count: "i32",
  },
}, ({ scores }, result, shape) => ({ scores, ...result, ...shape }));
