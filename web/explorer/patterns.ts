/**
 * The patterns of the explorer: their choices, and how the library records each.
 *
 * @module
 */
import {
  lsgWarnings,
  resolveLsgParameters,
  SPARSITY_TYPES,
  type SparsityType,
} from "../../attention/lsg/lsg_parameters.ts";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordBigbird } from "../../picture/record_bigbird.ts";
import { recordLsg, recordLsgLayer } from "../../picture/record_lsg.ts";
import { recordFull, recordLongformer, recordSelfExtend } from "../../picture/record_patterns.ts";

/** Values of the choices by name. */
export interface Values {
  /** Tokens of the text. */
  readonly tokens: number;
  /** Tokens of a block: LSG, BigBird. */
  readonly block_size: number;
  /** Entries of the sparse list on each side: LSG. */
  readonly sparse_block_size: number;
  /** Tokens per sparse entry: LSG. */
  readonly sparsity_factor: number;
  /** Kind of sparse entries: LSG. */
  readonly sparsity_type: SparsityType;
  /** Global tokens: LSG. */
  readonly num_global_tokens: number;
  /** Whether token 0 is global: the stand-alone layer. */
  readonly global_token: boolean;
  /** Width of the window: Longformer. */
  readonly attention_window: number;
  /** Positions of global tokens, separated by commas: Longformer. */
  readonly global: string;
  /** Random blocks that a block sees: BigBird. */
  readonly num_random_blocks: number;
  /** Tokens that share a position: Self-Extend. */
  readonly group: number;
  /** Tokens at ordinary positions: Self-Extend. */
  readonly window: number;
  /** Number of heads. */
  readonly heads: number;
  /** The head to draw. */
  readonly head: number;
  /** Seed of what is random. */
  readonly seed: number;
  /** Whether attention is causal. */
  readonly causal: boolean;
}

/** Name of a choice. */
export type ChoiceName = keyof Values;

/** A pattern to choose. */
export interface PatternChoice {
  /** Its name in the list. */
  readonly label: string;
  /** What it is, in a sentence or two. */
  readonly about: string;
  /** Its choices beside the length, in the order of the form, each with its default. */
  readonly defaults: Partial<Values>;
  /** Tells whether a choice matters with these values; absent: all do. */
  readonly matters?: (name: ChoiceName, values: Values) => boolean;
  /** Records which keys each query sees. */
  readonly record: (values: Values) => AttentionPattern;
}

/** Length of the text at first. */
export const TOKENS = 1024;

const HEADS = { heads: 12, head: 0 };

/** All patterns; the first is chosen at first. */
export const PATTERNS: Readonly<Record<string, PatternChoice>> = {
  "lsg": {
    label: "LSG",
    about:
      "Each token sees its block and both neighbouring blocks, a thinned list of more distant " +
      "tokens, and a few global tokens.",
    defaults: {
      sparsity_type: "norm",
      block_size: 128,
      sparse_block_size: 128,
      sparsity_factor: 2,
      num_global_tokens: 1,
      causal: false,
      ...HEADS,
      seed: 0,
    },
    matters: lsgMatters,
    record: (values) => recordLsg({ ...values }, sizeOf(values)),
  },
  "lsg-layer": {
    label: "LSG, stand-alone layer",
    about: "LSG as a layer for models of your own: as many sparse entries as a block has tokens, " +
      "and perhaps the first token as the only global one.",
    defaults: {
      sparsity_type: "norm",
      block_size: 128,
      sparsity_factor: 8,
      global_token: true,
      causal: false,
      ...HEADS,
      seed: 0,
    },
    matters: lsgMatters,
    record: ({ sparsity_type, ...values }) =>
      recordLsgLayer(
        { ...values, sparsity_type: sparsity_type as Exclude<SparsityType, "lsh"> },
        sizeOf({ ...values, sparsity_type }),
      ),
  },
  "longformer": {
    label: "Longformer",
    about:
      "Each token sees a window around itself; chosen tokens see, and are seen by, all others.",
    defaults: { attention_window: 512, global: "0" },
    record: ({ tokens, attention_window, global }) =>
      recordLongformer(tokens, attention_window, positionsOf(global)),
  },
  "bigbird": {
    label: "BigBird",
    about:
      "Each block sees itself, its neighbours, the first and the last block, and a few blocks " +
      "at random.",
    defaults: { block_size: 64, num_random_blocks: 3, ...HEADS, seed: 0 },
    matters: (name, { num_random_blocks }) =>
      num_random_blocks !== 0 || !["heads", "head", "seed"].includes(name),
    record: ({ block_size, num_random_blocks, ...size }) =>
      recordBigbird({ block_size, num_random_blocks }, size),
  },
  "self-extend": {
    label: "Self-Extend",
    about:
      "Causal attention to every earlier token. Near ones keep their positions, far ones share " +
      "positions in groups, so that no distance is larger than those seen in training.",
    defaults: { group: 4, window: 256 },
    record: ({ tokens, group, window }) => recordSelfExtend(tokens, group, window),
  },
  "full": {
    label: "Full",
    about: "Every token sees every token: work grows with the square of the length.",
    defaults: { causal: false },
    record: ({ tokens, causal }) => recordFull(tokens, causal),
  },
};

/** The sparsity types that a pattern offers. */
export function sparsityTypes(pattern: string): readonly SparsityType[] {
  return SPARSITY_TYPES.filter((type) => pattern !== "lsg-layer" || type !== "lsh");
}

/**
 * Warns of choices that work but are probably unintended.
 *
 * @param pattern Name of the pattern.
 * @param values The choices.
 * @returns One sentence a warning.
 */
export function warningsOf(pattern: string, values: Values): string[] {
  if (pattern !== "lsg") return [];
  return lsgWarnings(resolveLsgParameters({ ...values }), values.heads);
}

/** The heads differ in what strides skip and in the random keys of norm. */
function lsgMatters(name: ChoiceName, { sparsity_type: type }: Values): boolean {
  switch (name) {
    case "sparse_block_size":
    case "sparsity_factor":
      return type !== "none";
    case "heads":
    case "head":
      return type.endsWith("stride") || type === "norm";
    case "seed":
      return type === "norm";
    default:
      return true;
  }
}

/** Sizes for recording; where heads do not differ, one is enough. */
function sizeOf(values: Values) {
  const { tokens, causal, heads, head, seed } = values;
  return lsgMatters("head", values)
    ? { tokens, causal, heads, head, seed }
    : { tokens, causal, heads: 1, head: 0, seed: 0 };
}

/** Reads positions that are separated by commas; what is not a number is NaN, which is refused. */
export function positionsOf(text: string): number[] {
  return text.split(/[\s,]+/).filter((part) => part !== "").map(Number);
}
