/**
 * What `deno task bench:wasm` measures, in the order in which it runs.
 *
 * @module
 */
import { DATA_TYPES } from "../../tensor/data_type.ts";
import { attentionRows, patternRows } from "./attention.ts";
import { encoderRows } from "./encoder.ts";
import type { Figure } from "./figure.ts";
import { linearRows } from "./linear.ts";

/** Each takes a minute at most. With 32-bit weights the long encoder also runs four times as many tokens. */
export const FIGURES: readonly Figure[] = [
  { name: "linear", run: linearRows },
  {
    name: "attention-4096-one-thread",
    run: (limit) => attentionRows(1, 4096, { warmups: 1, repeats: 5 }, limit),
  },
  {
    name: "attention-4096",
    run: (limit) => attentionRows(undefined, 4096, { warmups: 1, repeats: 5 }, limit),
  },
  {
    name: "attention-16384",
    run: (limit) => attentionRows(undefined, 16384, { warmups: 0, repeats: 3 }, limit),
  },
  { name: "patterns-4096", run: patternRows },
  ...DATA_TYPES.map((dtype) => ({
    name: `encoder-512-${dtype}`,
    run: (limit: number) => encoderRows("full", dtype, [512], 3, limit),
  })),
  ...DATA_TYPES.map((dtype) => ({
    name: `encoder-4096-${dtype}`,
    run: (limit: number) =>
      encoderRows("LSG", dtype, dtype === "fp32" ? [4096, 16384] : [4096], 1, limit),
  })),
];
