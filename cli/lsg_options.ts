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

/** An option of the matching type for each parameter. */
export type LsgOptions = {
  readonly [Key in keyof LsgParameters]: Omit<Option, "default"> & {
    readonly type: LsgParameters[Key] extends number ? "number"
      : LsgParameters[Key] extends boolean ? "boolean"
      : "string";
  };
};

/** All parameters; absent ones are `undefined`, so that the checkpoint's own values apply. */
export const LSG_OPTIONS: LsgOptions = {
  block_size: {
    type: "number",
    description: "Tokens per block; a query sees its own block and both neighbours " +
      `(${LSG_DEFAULTS.block_size}).`,
  },
  sparse_block_size: {
    type: "number",
    description: "Sparse entries that a query sees on each side " +
      `(${LSG_DEFAULTS.sparse_block_size}).`,
  },
  sparsity_factor: {
    type: "number",
    description: `Tokens per sparse entry (${LSG_DEFAULTS.sparsity_factor}).`,
  },
  sparsity_type: {
    type: "string",
    placeholder: "TYPE",
    description: `How sparse entries are selected: ${SPARSITY_TYPES.join(", ")} ` +
      `(${LSG_DEFAULTS.sparsity_type}).`,
  },
  num_global_tokens: {
    type: "number",
    description: "Global tokens before the text, from 1 to 512 " +
      `(${LSG_DEFAULTS.num_global_tokens}).`,
  },
  lsh_num_pre_rounds: {
    type: "number",
    description: "For lsh, rounds of hashing before the last one " +
      `(${LSG_DEFAULTS.lsh_num_pre_rounds}).`,
  },
  mask_first_token: {
    type: "boolean",
    description: "Mask the first text token, which the first global token duplicates (off).",
  },
  pool_with_global: {
    type: "boolean",
    description: "Use the first global token as the first output row (on).",
  },
  pass_global_tokens_to_decoder: {
    type: "boolean",
    description: "Let a decoder see the global tokens (on).",
  },
  adaptive: {
    type: "boolean",
    description: "Accept lengths that are not a multiple of the block size (on).",
  },
};
