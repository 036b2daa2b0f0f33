/**
 * Attentions of the embedded model that are compared.
 *
 * @module
 */
import type { AttentionName, SparsityType } from "../attention/mod.ts";
import type { ConversionOptions } from "../checkpoint/mod.ts";
import type { PreTrainedOptions } from "../models/mod.ts";

/** An attention by a name for tables. */
export interface NamedPattern {
  /** The name. */
  readonly name: string;
  /** How a model of so many tokens is loaded. */
  readonly options: (max_sequence_length: number) => PreTrainedOptions;
}

function replaced(name: string, type: AttentionName): NamedPattern {
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

const FULL = replaced("full", "full");
const LONGFORMER = replaced("Longformer 512", "longformer");
const BIGBIRD = replaced("BigBird 64", "bigbird");
const LOCAL = lsg("LSG 256/0", { block_size: 256, sparsity_type: "none" });

const TYPES: readonly SparsityType[] = [
  "norm",
  "pooling",
  "bos_pooling",
  "lsh",
  "stride",
  "block_stride",
];

/** The rows of Table 1; LSG with blocks of 128 and as many sparse entries. */
export const TABLE_1: readonly NamedPattern[] = [
  FULL,
  LONGFORMER,
  BIGBIRD,
  replaced("linear", "linear"),
  replaced("efficient", "efficient"),
  replaced("Performer", "performer"),
  replaced("Linformer 128", "linformer"),
  replaced("Reformer", "reformer"),
  replaced("grouped positions", "self_extend"),
  LOCAL,
  ...TYPES.flatMap((sparsity_type) =>
    [2, 4, 8].map((sparsity_factor) =>
      lsg(`LSG ${sparsity_type} ${sparsity_factor}`, { sparsity_type, sparsity_factor })
    )
  ),
  ...[16, 64].map((num_global_tokens) =>
    lsg(`LSG norm 2, G ${num_global_tokens}`, { num_global_tokens })
  ),
];

/** Those whose bits are drawn over length, and those that a quick run has. */
export const DRAWN: readonly string[] = [
  "full",
  "Longformer 512",
  "BigBird 64",
  "linear",
  "grouped positions",
  "LSG norm 2",
];

/**
 * What tells where the bits come from: ever wider views of near tokens, BigBird's parts, and how far
 * the sparse entries reach.
 */
export const EXPLAINING: readonly NamedPattern[] = [
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

/** Those whose cost is measured over length. */
export const EFFICIENCY: readonly NamedPattern[] = [
  FULL,
  LONGFORMER,
  BIGBIRD,
  LOCAL,
  lsg("LSG 128/128", {}),
  lsg("LSG 32/32", { block_size: 32, sparse_block_size: 32 }),
];
