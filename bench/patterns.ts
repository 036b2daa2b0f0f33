/**
 * Attention patterns of the embedded model to compare.
 *
 * @module
 */
import type { AttentionName, SparsityType } from "../attention/mod.ts";
import type { ConversionOptions } from "../checkpoint/mod.ts";
import type { PreTrainedOptions } from "../models/mod.ts";

/** A named attention pattern. */
export interface NamedPattern {
  /** Name for tables. */
  readonly name: string;
  /** Returns the options that load a model for a number of tokens. */
  readonly options: (max_sequence_length: number) => PreTrainedOptions;
}

function replaceWith(name: string, type: AttentionName): NamedPattern {
  return {
    name,
    options: (max_sequence_length) => ({ attention: { type, max_sequence_length } }),
  };
}

function lsg(name: string, given: ConversionOptions): NamedPattern {
  return {
    name,
    options: (max_sequence_length) => ({ lsg: { ...given, max_sequence_length } }),
  };
}

const FULL = replaceWith("full", "full");
const LONGFORMER = replaceWith("Longformer 512", "longformer");
const BIGBIRD = replaceWith("BigBird 64", "bigbird");
const LOCAL = lsg("LSG 256/0", { block_size: 256, sparsity_type: "none" });

/** The types of sparse attention that the tables compare. */
export const SPARSITY_TYPES: readonly SparsityType[] = [
  "norm",
  "pooling",
  "bos_pooling",
  "lsh",
  "stride",
  "block_stride",
];

/** Rows of Table 1; LSG has blocks of 128 and as many sparse entries. */
export const TABLE_1: readonly NamedPattern[] = [
  FULL,
  LONGFORMER,
  BIGBIRD,
  replaceWith("linear", "linear"),
  replaceWith("efficient", "efficient"),
  replaceWith("Performer", "performer"),
  replaceWith("Linformer 128", "linformer"),
  replaceWith("Reformer", "reformer"),
  replaceWith("grouped positions", "self_extend"),
  LOCAL,
  ...SPARSITY_TYPES.flatMap((sparsity_type) =>
    [2, 4, 8].map((sparsity_factor) =>
      lsg(`LSG ${sparsity_type} ${sparsity_factor}`, { sparsity_type, sparsity_factor })
    )
  ),
  ...[16, 64].map((num_global_tokens) =>
    lsg(`LSG norm 2, G ${num_global_tokens}`, { num_global_tokens })
  ),
];

/** Names of the patterns in the chart and in a quick run. */
export const CHARTED: readonly string[] = [
  "full",
  "Longformer 512",
  "BigBird 64",
  "linear",
  "grouped positions",
  "LSG norm 2",
];

/**
 * Ablations that explain the differences: wider local windows, parts of BigBird, and the reach of the
 * sparse entries.
 */
export const ABLATIONS: readonly NamedPattern[] = [
  ...[32, 64, 128, 256, 512, 1024].map((block_size) =>
    lsg(`LSG ${block_size}/0`, { block_size, sparsity_type: "none" })
  ),
  ...[0, 1, 3, 6].map((num_random_blocks): NamedPattern => ({
    name: `BigBird 64, ${num_random_blocks} random`,
    options: (max_sequence_length) => ({
      attention: { type: "bigbird", num_random_blocks, max_sequence_length },
    }),
  })),
  ...[[4, 64], [8, 32], [4, 128], [8, 128]].map(([sparsity_factor, sparse_block_size]) =>
    lsg(`LSG norm ${sparsity_factor}, ${sparse_block_size} entries`, {
      sparsity_factor,
      sparse_block_size,
    })
  ),
];

/** Patterns whose cost is measured over length. */
export const COST: readonly NamedPattern[] = [
  FULL,
  LONGFORMER,
  BIGBIRD,
  LOCAL,
  lsg("LSG 128/128", {}),
  lsg("LSG 32/32", { block_size: 32, sparse_block_size: 32 }),
];
