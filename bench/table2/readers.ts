/**
 * The rows of Table 2 in miniature, and of `deno task globals`: ways to read a passage.
 *
 * @module
 */
import type { CheckpointSource } from "../../checkpoint/mod.ts";
import {
  AutoModelForSequenceClassification,
  type PreTrainedOptions,
  type SequenceClassification,
} from "../../models/mod.ts";
import { SPARSITY_TYPES } from "../patterns.ts";
import { asLongformer } from "./as_longformer.ts";
import { LONG, SHORT } from "./passages.ts";

/** A way to read a passage, and how it is trained. */
export interface Reader {
  /** Name for the command line and in results. */
  readonly name: string;
  /** Name for tables. */
  readonly title: string;
  /** Tokens that it reads at a time. */
  readonly tokens: number;
  /** Where its training starts: at the embedded model with a new head, or at the 512-token reader. */
  readonly starts: "pretrained" | "base";
  /** What is trained: everything, the model card's recipe, or the head alone. */
  readonly trainable: "all" | "globals" | "head";
  /** The learning rate. */
  readonly rate: number;
  /** Whether it is asked about the starts of passages, too. */
  readonly asksLengths?: boolean;
  /** Loads a vanilla classifier with the reader's attention. */
  readonly load: (
    source: CheckpointSource,
    options: PreTrainedOptions,
  ) => Promise<SequenceClassification>;
}

/** Tokens that a token of Longformer sees around it. */
const WINDOW = 512;

/** Learning rate of all weights. */
const RATE = 3e-4;

/** Learning rate of global tokens and head. */
const GLOBALS_RATE = 5e-3;

const FINE_TUNED = { tokens: LONG, starts: "base", trainable: "all", rate: RATE } as const;

const convert = (options: PreTrainedOptions): Pick<Reader, "load"> => ({
  load: (source, given) =>
    AutoModelForSequenceClassification.from_pretrained(source, { ...options, ...given }),
});

/** The 512-token reader that the others start from. */
export const BASE: Reader = {
  ...FINE_TUNED,
  name: "base",
  title: "start, 512 tokens",
  tokens: SHORT,
  starts: "pretrained",
  ...convert({}),
};

/** The rows of the table, as in the paper. */
export const READERS: readonly Reader[] = [
  {
    ...FINE_TUNED,
    name: "full_512",
    title: "full, 512 tokens",
    tokens: SHORT,
    asksLengths: true,
    ...convert({}),
  },
  {
    ...FINE_TUNED,
    name: "longformer",
    title: `Longformer ${WINDOW}`,
    load: async (source, given) =>
      await AutoModelForSequenceClassification.from_pretrained(
        await asLongformer(source, LONG, WINDOW),
        given,
      ),
  },
  {
    ...FINE_TUNED,
    name: "bigbird",
    title: "BigBird 64",
    ...convert({ attention: { type: "bigbird", max_sequence_length: LONG } }),
  },
  {
    ...FINE_TUNED,
    name: "lsg_local",
    title: "LSG 256/0",
    ...convert({ lsg: { max_sequence_length: LONG, block_size: 256, sparsity_type: "none" } }),
  },
  ...SPARSITY_TYPES.map((sparsity_type): Reader => ({
    ...FINE_TUNED,
    name: `lsg_${sparsity_type}`,
    title: `LSG ${sparsity_type} 128/4`,
    // Two of the types tell enough.
    asksLengths: sparsity_type === "norm" || sparsity_type === "block_stride",
    ...convert({ lsg: { max_sequence_length: LONG, sparsity_type, sparsity_factor: 4 } }),
  })),
];

const globals = (count: number, tokens: number): Omit<Reader, "name" | "title"> => ({
  ...FINE_TUNED,
  tokens,
  starts: "pretrained",
  trainable: count === 0 ? "head" : "globals",
  rate: GLOBALS_RATE,
  asksLengths: count === 1,
  ...convert({
    lsg: {
      max_sequence_length: tokens,
      num_global_tokens: Math.max(1, count),
      pool_with_global: true,
    },
  }),
});

/**
 * The rows of `deno task globals`: the encoder stays as it was pretrained. One of them reads 512 tokens
 * at a time.
 */
export const GLOBALS: readonly Reader[] = [
  { ...globals(1, SHORT), name: "globals_1_512", title: "1 global, 512 tokens" },
  ...[0, 1, 16, 64].map((count): Reader => ({
    ...globals(count, LONG),
    name: `globals_${count}`,
    title: count === 0 ? "head alone" : `${count} trained global token${count > 1 ? "s" : ""}`,
  })),
];
