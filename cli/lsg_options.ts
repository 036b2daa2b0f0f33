/**
 * The LSG parameters as command-line options.
 *
 * @module
 */
import {
  LSG_DEFAULTS,
  type LsgParameters,
  SPARSITY_TYPES,
} from "../attention/lsg/lsg_parameters.ts";
import type { Option } from "./arguments.ts";

/** An option of the right type for each parameter. */
export type LsgOptions = {
  readonly [Key in keyof LsgParameters]: Omit<Option, "default"> & {
    readonly type: LsgParameters[Key] extends number ? "number"
      : LsgParameters[Key] extends boolean ? "boolean"
      : "string";
  };
};

/** All parameters; one that is not given is `undefined`, so that a checkpoint's own can stand. */
export const LSG_OPTIONS: LsgOptions = {
  block_size: {
    type: "number",
    description: "Tokens a block; a query sees its own block and both neighbours " +
      `(${LSG_DEFAULTS.block_size}).`,
  },
  sparse_block_size: {
    type: "number",
    description: "Sparse entries that a query sees on each side " +
      `(${LSG_DEFAULTS.sparse_block_size}).`,
  },
  sparsity_factor: {
    type: "number",
    description: `Tokens that one sparse entry stands for (${LSG_DEFAULTS.sparsity_factor}).`,
  },
  sparsity_type: {
    type: "string",
    placeholder: "TYPE",
    description: `How sparse entries are made: ${SPARSITY_TYPES.join(", ")} ` +
      `(${LSG_DEFAULTS.sparsity_type}).`,
  },
  num_global_tokens: {
    type: "number",
    description: "Global tokens before the text, from 1 to 512 " +
      `(${LSG_DEFAULTS.num_global_tokens}).`,
  },
  lsh_num_pre_rounds: {
    type: "number",
    description: "Rounds of hashing before the last one, for lsh " +
      `(${LSG_DEFAULTS.lsh_num_pre_rounds}).`,
  },
  mask_first_token: {
    type: "boolean",
    description: "Mask the first regular token, which repeats the first global one (off).",
  },
  pool_with_global: {
    type: "boolean",
    description: "Let the first output row be the first global token's (on).",
  },
  pass_global_tokens_to_decoder: {
    type: "boolean",
    description: "Show the global tokens to a decoder too (on).",
  },
  adaptive: {
    type: "boolean",
    description: "Accept lengths that are no multiple of the block size (on).",
  },
};
