/**
 * The parameters of LSG attention, spelled as in checkpoints, and their checks.
 *
 * @module
 */
import { showUnquoted, showValue } from "../../base/show_value.ts";
import { checkWholeNumber, kindOf } from "../../base/whole_number.ts";

/** How the sparse list is made from the tokens. */
export type SparsityType =
  | "none"
  | "norm"
  | "pooling"
  | "bos_pooling"
  | "lsh"
  | "stride"
  | "block_stride";

/** Every sparsity type. */
export const SPARSITY_TYPES: readonly SparsityType[] = [
  "none",
  "norm",
  "pooling",
  "bos_pooling",
  "lsh",
  "stride",
  "block_stride",
];

/** The LSG keys of a checkpoint's `config.json`. */
export interface LsgParameters {
  /** Tokens a block; a query sees its own block and both neighbours. */
  block_size: number;
  /** Entries of the sparse list that a query sees on each side. */
  sparse_block_size: number;
  /** How many tokens one entry of the sparse list stands for. */
  sparsity_factor: number;
  /** How the sparse list is made. */
  sparsity_type: SparsityType;
  /** Tokens that see and are seen by everything, prepended to the text: 1 … 512. */
  num_global_tokens: number;
  /** Rounds of hashing into as many buckets as a chunk has tokens, before the last one: 1 … 64. */
  lsh_num_pre_rounds: number;
  /** Masks the first regular token, which repeats the first global one. */
  mask_first_token: boolean;
  /** Whether the first output row is the first global token's. */
  pool_with_global: boolean;
  /** Whether a decoder sees the global tokens too, if the checkpoint has a decoder. */
  pass_global_tokens_to_decoder: boolean;
  /** Accept lengths that are not a multiple of `block_size`. */
  adaptive: boolean;
}

/** Defaults of absent LSG keys. */
export const LSG_DEFAULTS: Readonly<LsgParameters> = {
  block_size: 128,
  sparse_block_size: 128,
  sparsity_factor: 2,
  sparsity_type: "norm",
  num_global_tokens: 1,
  lsh_num_pre_rounds: 1,
  mask_first_token: false,
  pool_with_global: true,
  pass_global_tokens_to_decoder: true,
  adaptive: true,
};

/**
 * Fills in defaults and checks every LSG parameter.
 *
 * @param raw LSG keys of a config; other keys are ignored, absent ones take their default.
 * `sparsity_type: null` means `"none"`, and `lsg_num_pre_rounds`, as the published documentation
 * spells it, means `lsh_num_pre_rounds`.
 * @returns All parameters. Without a sparse part (`sparse_block_size` or `sparsity_factor` 0)
 * `sparsity_type` is `"none"`; with `mask_first_token` `pool_with_global` is on.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range, or is not a divisor where one is wanted.
 *
 * @example
 * ```ts
 * import { resolveLsgParameters } from "@lsg/core/attention";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(resolveLsgParameters({ block_size: 64 }).sparsity_type, "norm");
 * assertThrows(() => resolveLsgParameters({ sparsity_factor: 3 }), RangeError);
 * ```
 */
export function resolveLsgParameters(raw: Readonly<Record<string, unknown>>): LsgParameters {
  const get = (key: keyof LsgParameters, otherName: string = key) => {
    const value = raw[key] === undefined ? raw[otherName] : raw[key];
    return value === undefined ? LSG_DEFAULTS[key] : value;
  };
  const parameters: LsgParameters = {
    block_size: checkWholeNumber("block_size", get("block_size"), 1),
    sparse_block_size: checkWholeNumber("sparse_block_size", get("sparse_block_size"), 0),
    sparsity_factor: checkWholeNumber("sparsity_factor", get("sparsity_factor"), 0),
    sparsity_type: sparsityType(get("sparsity_type")),
    num_global_tokens: checkWholeNumber("num_global_tokens", get("num_global_tokens"), 1, 512),
    lsh_num_pre_rounds: checkWholeNumber(
      "lsh_num_pre_rounds",
      get("lsh_num_pre_rounds", "lsg_num_pre_rounds"),
      1,
      64,
    ),
    mask_first_token: flag("mask_first_token", get("mask_first_token")),
    pool_with_global: flag("pool_with_global", get("pool_with_global")),
    pass_global_tokens_to_decoder: flag(
      "pass_global_tokens_to_decoder",
      get("pass_global_tokens_to_decoder"),
    ),
    adaptive: flag("adaptive", get("adaptive")),
  };
  checkSparsePart(parameters);
  if (parameters.mask_first_token) parameters.pool_with_global = true;
  if (!hasSparsePart(parameters)) parameters.sparsity_type = "none";
  return parameters;
}

/**
 * Tells whether queries see a sparse list.
 *
 * @param parameters Type, entries a side and tokens an entry.
 * @returns False for type `none`, no entries or no tokens an entry.
 *
 * @example
 * ```ts
 * import { hasSparsePart, LSG_DEFAULTS } from "@lsg/core/attention";
 * import { assert } from "@std/assert";
 *
 * assert(hasSparsePart(LSG_DEFAULTS));
 * assert(!hasSparsePart({ ...LSG_DEFAULTS, sparse_block_size: 0 })); // local attention alone
 * ```
 */
export function hasSparsePart(
  parameters: Pick<LsgParameters, "sparsity_type" | "sparse_block_size" | "sparsity_factor">,
): boolean {
  return parameters.sparsity_type !== "none" && parameters.sparse_block_size > 0 &&
    parameters.sparsity_factor > 0;
}

/**
 * The number of tokens that entries are selected from at a time: `chunk / sparsity_factor` entries
 * of the sparse list stand for each `chunk` of tokens.
 *
 * @param parameters Block size and sparse block size.
 * @returns The smaller of the two, in tokens.
 *
 * @example
 * ```ts
 * import { resolveLsgParameters, selectionChunk } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const parameters = resolveLsgParameters({ sparse_block_size: 64, sparsity_factor: 4 });
 * const chunk = selectionChunk(parameters);
 * assertEquals([chunk, chunk / parameters.sparsity_factor], [64, 16]); // 16 of each 64 tokens
 * ```
 */
export function selectionChunk(
  parameters: Pick<LsgParameters, "block_size" | "sparse_block_size">,
): number {
  return Math.min(parameters.block_size, parameters.sparse_block_size);
}

/**
 * Warns of parameters that work but are probably unintended.
 *
 * @param parameters Checked parameters.
 * @param heads Heads of the model.
 * @returns One sentence a warning; empty without warnings.
 *
 * @example
 * ```ts
 * import { lsgWarnings, resolveLsgParameters } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const parameters = resolveLsgParameters({ sparsity_type: "stride", sparsity_factor: 16 });
 * assertEquals(lsgWarnings(parameters, 16), []);
 * assertEquals(lsgWarnings(parameters, 12).length, 1); // 4 of 16 tokens would be seen by no head
 * ```
 */
export function lsgWarnings(parameters: LsgParameters, heads: number): string[] {
  const { sparsity_type, sparsity_factor } = parameters;
  const strided = sparsity_type === "stride" || sparsity_type === "block_stride";
  if (!strided || sparsity_factor <= heads) return [];
  return [
    `sparsity_factor ${sparsity_factor} with sparsity_type "${sparsity_type}" leaves tokens that ` +
    `no head sees: each of the ${heads} heads takes another token of a group, so at most ` +
    `${heads} would be covered`,
  ];
}

function checkSparsePart(parameters: LsgParameters): void {
  if (!hasSparsePart(parameters)) return;
  const { block_size, sparse_block_size, sparsity_factor } = parameters;
  if (block_size % sparse_block_size !== 0 && sparse_block_size % block_size !== 0) {
    throw new RangeError(
      `Cannot use sparse_block_size ${sparse_block_size} with block_size ${block_size}: ` +
        "wanted one that divides block_size or is a multiple of it",
    );
  }
  const chunk = selectionChunk(parameters);
  if (block_size % sparsity_factor !== 0 || chunk % sparsity_factor !== 0) {
    throw new RangeError(
      `Cannot use sparsity_factor ${sparsity_factor} with block_size ${block_size} and ` +
        `sparse_block_size ${sparse_block_size}: wanted one that divides both ${block_size} and ` +
        `${chunk}`,
    );
  }
}

function flag(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") {
    throw new TypeError(
      `Cannot use ${name} ${showUnquoted(value)}: wanted true or false, not ${kindOf(value)}`,
    );
  }
  return value;
}

function sparsityType(value: unknown): SparsityType {
  if (value === null) return "none";
  if (!SPARSITY_TYPES.includes(value as SparsityType)) {
    throw new RangeError(
      `Cannot use sparsity_type ${showValue(value)}: wanted one of ` +
        SPARSITY_TYPES.join(", "),
    );
  }
  return value as SparsityType;
}
