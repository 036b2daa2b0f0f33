/**
 * All figures of `deno task bench:wasm`, in the order of their runs.
 *
 * @module
 */
import { DATA_TYPES } from "../../tensor/data_type.ts";
import { measureAttention, measurePatterns } from "./attention.ts";
import { measureEncoder, measureUnequal } from "./encoder.ts";
import type { Figure } from "./figure.ts";
import { measureIntegers } from "./integers.ts";
import { measureLinear } from "./linear.ts";

/** Each takes at most a minute. With fp32 weights the long encoder also runs with 16,384 tokens. */
export const FIGURES: readonly Figure[] = [
  { name: "linear", run: measureLinear },
  { name: "integers", run: measureIntegers },
  {
    name: "attention-4096-one-thread",
    run: (limit) => measureAttention(1, 4096, { warmups: 1, repeats: 5 }, limit),
  },
  {
    name: "attention-4096",
    run: (limit) => measureAttention(undefined, 4096, { warmups: 1, repeats: 5 }, limit),
  },
  {
    name: "attention-16384",
    run: (limit) => measureAttention(undefined, 16384, { warmups: 0, repeats: 3 }, limit),
  },
  { name: "patterns-4096", run: measurePatterns },
  ...DATA_TYPES.map((dtype) => ({
    name: `encoder-512-${dtype}`,
    run: (limit: number) => measureEncoder("full", dtype, [512], 3, limit),
  })),
  { name: "batch", run: () => measureUnequal(3) },
  ...DATA_TYPES.map((dtype) => ({
    name: `encoder-4096-${dtype}`,
    run: (limit: number) =>
      measureEncoder("LSG", dtype, dtype === "fp32" ? [4096, 16384] : [4096], 1, limit),
  })),
];
