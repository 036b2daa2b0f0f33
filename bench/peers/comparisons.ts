/**
 * Comparisons with peers, and their targets.
 *
 * @module
 */
import { formatTable } from "../table.ts";
import type { Measured } from "./outcome.ts";
import type { Results } from "./results.ts";

/** A ratio of two subjects or, without a peer, a figure of this library. */
export interface Comparison {
  /** Description for the table. */
  readonly what: string;
  /** Subject of this library. */
  readonly own: string;
  /** Subject to divide by. */
  readonly peer?: string;
  /** The figure to compare. */
  readonly of: "seconds" | "busiest" | "first" | "megabytes";
  /** Target; absent if there is none. */
  readonly atMost?: number;
}

/** All comparisons, in the order of the table. */
export const COMPARISONS: readonly Comparison[] = [
  seconds("linear 4096×768×768 ÷ jax-js", "own-linear-4096", "jax-js-linear-4096", 0.5),
  seconds("linear 1024×1024×1024 ÷ jax-js", "own-linear-1024", "jax-js-linear-1024", 0.5),
  seconds("512 full ÷ onnxruntime-web", "own-full-512-fp32", "onnxruntime-web-512-fp32", 0.5),
  seconds("512 full ÷ PyTorch SDPA", "own-full-512-fp32", "torch-full-512"),
  seconds("512 full q8 ÷ onnxruntime-web", "own-full-512-q8", "onnxruntime-web-512-fp32", 0.3),
  seconds("512 full q8 ÷ onnxruntime-web int8", "own-full-512-q8", "onnxruntime-web-512-int8", 0.6),
  {
    what: "512 q8, start to first answer ÷ onnxruntime-web int8",
    own: "own-full-512-q8",
    peer: "onnxruntime-web-512-int8",
    of: "first",
  },
  seconds("4,096 LSG ÷ lsg-converter, PyTorch", "own-lsg-4096-fp32", "torch-lsg-4096", 1.2),
  seconds("4,096 LSG q8 ÷ lsg-converter, PyTorch", "own-lsg-4096-q8", "torch-lsg-4096", 0.7),
  seconds("4,096 LSG ÷ full, PyTorch SDPA", "own-lsg-4096-fp32", "torch-full-4096"),
  seconds(
    "4,096 LSG ÷ full, onnxruntime-node",
    "own-lsg-4096-fp32",
    "onnxruntime-node-4096-fp32",
    1,
  ),
  seconds(
    "4,096 LSG q8 ÷ full, onnxruntime-node int8",
    "own-lsg-4096-q8",
    "onnxruntime-node-4096-int8",
    0.95,
  ),
  seconds(
    "8,192 LSG q8 ÷ full, onnxruntime-node int8",
    "own-lsg-8192-q8",
    "onnxruntime-node-8192-int8",
    0.55,
  ),
  seconds("16,384 LSG ÷ lsg-converter, PyTorch", "own-lsg-16384-fp32", "torch-lsg-16384"),
  seconds("16,384 LSG q8 ÷ lsg-converter, PyTorch", "own-lsg-16384-q8", "torch-lsg-16384", 0.5),
  ...["onnxruntime-web", "onnxruntime-node"].flatMap((peer) =>
    [4096, 8192].map((tokens) =>
      seconds(
        `${tokens.toLocaleString("en")} ModernBERT ÷ ${peer}`,
        `own-modernbert-${tokens}-fp32`,
        `${peer}-modernbert-${tokens}`,
        peer === "onnxruntime-web" ? 0.7 : undefined,
      )
    )
  ),
  seconds("Llama, 16 tokens ÷ transformers.js", "own-decoder-fp32", "transformers-js-fp32"),
  seconds("Llama, 16 tokens q8 ÷ transformers.js int8", "own-decoder-q8", "transformers-js-int8"),
  seconds("Llama, 16 tokens q8 ÷ our fp32", "own-decoder-q8", "own-decoder-fp32", 0.55),
  trainingSeconds("train", "embedded", "all", 1),
  trainingSeconds("train", "embedded", "globals", 1),
  trainingSeconds("train", "roberta", "globals", 1.5),
  trainingSeconds("checkpoint", "roberta", "all", 1.9),
  trainingMemory("train", "embedded", "all", 600),
  trainingMemory("train", "embedded", "globals", 600),
  trainingMemory("checkpoint", "roberta", "globals", 1200),
  trainingMemory("checkpoint", "roberta", "all", 2800),
  { what: "4,096 LSG, peak MB", own: "own-lsg-4096-fp32", of: "megabytes", atMost: 750 },
  { what: "4,096 LSG q8, peak MB", own: "own-lsg-4096-q8", of: "megabytes", atMost: 350 },
];

function seconds(what: string, own: string, peer: string, atMost?: number): Comparison {
  return { what, own, peer, of: "seconds", atMost };
}

/** A training step's time beside PyTorch's, both by their busiest thread. */
function trainingSeconds(
  how: "train" | "checkpoint",
  model: string,
  trained: string,
  atMost: number,
): Comparison {
  const [own, peer] = [`own-${how}-${model}-${trained}`, `torch-train-${model}-${trained}`];
  return { what: `train ${model}, ${trained} ÷ PyTorch`, own, peer, of: "busiest", atMost };
}

/** The memory of a training step. */
function trainingMemory(
  how: "train" | "checkpoint",
  model: string,
  trained: string,
  atMost: number,
): Comparison {
  const what = `train ${model}, ${trained}, peak MB`;
  return { what, own: `own-${how}-${model}-${trained}`, of: "megabytes", atMost };
}

/**
 * Compares the results with the targets.
 *
 * @param results All results; a comparison without both of them is left out.
 * @returns Lines of a table.
 */
export function formatComparisons(results: Results): string[] {
  const rows = COMPARISONS.flatMap(({ what, own, peer, of, atMost }) => {
    const ours = findMeasured(results, own)?.[of];
    const theirs = peer === undefined ? 1 : findMeasured(results, peer)?.[of];
    if (!ours || !theirs) return [];
    const ratio = ours / theirs;
    const digits = peer === undefined ? 0 : 2;
    return [[
      what,
      ratio.toFixed(digits),
      atMost === undefined ? "" : `at most ${atMost}`,
      atMost === undefined ? "" : ratio <= atMost ? "yes" : "no",
    ]];
  });
  return formatTable(["ours ÷ theirs", "ratio", "wanted", "reached"], rows);
}

/**
 * Finds the measurements of a subject.
 *
 * @param results All results.
 * @param name Name of the subject.
 * @returns The measurements; undefined if it was skipped or never ran.
 */
export function findMeasured(results: Results, name: string): Measured | undefined {
  const outcome = results[name]?.outcome;
  return outcome && "seconds" in outcome ? outcome : undefined;
}
