/**
 * LSG attention on plain arrays.
 *
 * @module
 */
import { FLAG, oneOf } from "../base/check_options.ts";
import {
  type LsgParameters,
  resolveLsgParameters,
  SPARSITY_TYPES,
} from "../attention/lsg/lsg_parameters.ts";
import { maskFirstTokens } from "../attention/lsg/lsg_pattern.ts";
import {
  checkLshProjections,
  lshColumns,
  lshProjections,
} from "../attention/lsg/lsh_projections.ts";
import { lsgAttention as compose } from "../attention/lsg/lsg_attention.ts";
import {
  type AttentionInput,
  type AttentionShape,
  checkCall,
  checkHeads,
  type Checks,
  onArrays,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openLsgReference } from "./lsg_operations.ts";

/** Inputs of the tokens and of the global tokens, which have their own projections. */
export interface LsgAttentionInput extends AttentionInput {
  /** `[batch, num_global_tokens, heads·width]`. */
  readonly globalQuery: Float32Array;
  /** `[batch, num_global_tokens, heads·width]`. */
  readonly globalKey: Float32Array;
  /** `[batch, num_global_tokens, heads·width]`. */
  readonly globalValue: Float32Array;
}

/**
 * Sizes, LSG parameters (defaults as in a config) and randomness. Parameters that only say how a
 * model uses the output are left out.
 */
export interface LsgAttentionShape
  extends
    AttentionShape,
    Partial<Omit<LsgParameters, "pool_with_global" | "pass_global_tokens_to_decoder">> {
  /** Whether tokens attend to no later token, and globals only to globals. */
  readonly causal?: boolean;
  /** For `lsh`: projections, one `[heads, width, ⌊buckets/2⌋]` per round. Absent: drawn. */
  readonly projections?: readonly Float32Array[];
  /** Seed of the drawn projections; 0 if absent. */
  readonly seed?: number;
}

const ARRAYS = ["globalQuery", "globalKey", "globalValue"];

const CHECKS: Checks<LsgAttentionShape> = {
  ...SHAPE_CHECKS,
  block_size: undefined,
  sparse_block_size: undefined,
  sparsity_factor: undefined,
  sparsity_type: { ...oneOf(SPARSITY_TYPES), nullable: true },
  num_global_tokens: undefined,
  lsh_num_pre_rounds: undefined,
  mask_first_token: undefined,
  adaptive: undefined,
  causal: FLAG,
  projections: undefined,
  seed: undefined,
};

/** Outputs of globals and of tokens. */
export interface LsgAttentionOutput {
  /** `[batch, num_global_tokens, heads·width]`. */
  readonly globalOutput: Float32Array;
  /** `[batch, tokens, heads·width]`. */
  readonly output: Float32Array;
}

/**
 * LSG attention: tokens attend to globals, sparse entries and local blocks; globals to everything.
 *
 * @param input Queries, keys and values of tokens and globals, and the tokens' mask.
 * @param shape Sizes and parameters.
 * @returns Outputs of globals and of tokens.
 * @throws {RangeError} If a parameter is out of range or an array does not fit the shape.
 *
 * @example One global token and three others, so few that every token attends to all
 * ```ts
 * import { lsgAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const tokens = new Float32Array([1, 2, 3]);
 * const globals = new Float32Array([6]);
 * const { output, globalOutput } = await lsgAttention({
 *   query: new Float32Array(3),
 *   key: tokens,
 *   value: tokens,
 *   globalQuery: new Float32Array(1),
 *   globalKey: globals,
 *   globalValue: globals,
 * }, { batch: 1, tokens: 3, heads: 1, block_size: 2, sparse_block_size: 2, sparsity_factor: 2 });
 * assertEquals([...output], [3, 3, 3]);
 * assertEquals([...globalOutput], [3]);
 * ```
 */
export async function lsgAttention(
  input: LsgAttentionInput,
  shape: LsgAttentionShape,
): Promise<LsgAttentionOutput> {
  shape = checkCall(input, shape, CHECKS, ARRAYS);
  const { batch, tokens, heads, causal, seed = 0 } = shape;
  const parameters = resolveLsgParameters({ ...shape });
  const globals = parameters.num_global_tokens;
  const all = await onArrays(shape, openLsgReference, (arrays) => {
    const { backend } = arrays;
    const rows = (
      name: "query" | "key" | "value",
      globalName: "globalQuery" | "globalKey" | "globalValue",
    ) => {
      const own = arrays.rows(name, input[name], tokens);
      const global = arrays.rows(globalName, input[globalName], globals);
      checkHeads({ [name]: own, [globalName]: global }, heads);
      return backend.concatRows(global, own);
    };
    const query = rows("query", "globalQuery");
    const key = rows("key", "globalKey");
    const value = rows("value", "globalValue");
    checkHeads({ query, key, value }, heads);
    const visible = arrays.maskValues("mask", input.mask);
    const shown = parameters.mask_first_token ? maskFirstTokens(visible, tokens) : visible;
    const width = key.dims[2] / heads;
    if (shape.projections) {
      checkLshProjections(shape.projections, parameters, { heads, width }, "projections");
    }
    const isHashed = parameters.sparsity_type === "lsh";
    const columns = isHashed ? lshColumns(parameters) : [];
    const projections = isHashed
      ? shape.projections ?? lshProjections(parameters, { heads, width, layer: 0, seed })
      : [];
    return compose(backend, {
      query,
      key,
      value,
      mask: arrays.integers(shown, [batch, tokens]),
      heads,
      globals,
      causal,
      projections: projections.map((p, round) => arrays.floats(p, [heads, width, columns[round]])),
    }, parameters);
  });
  return splitRows(all, batch, globals, tokens);
}

function splitRows(
  all: Float32Array,
  batch: number,
  globals: number,
  tokens: number,
): LsgAttentionOutput {
  const width = all.length / (batch * (globals + tokens));
  const globalOutput = new Float32Array(batch * globals * width);
  const output = new Float32Array(batch * tokens * width);
  for (let b = 0; b < batch; b++) {
    const start = b * (globals + tokens) * width;
    const middle = start + globals * width;
    globalOutput.set(all.subarray(start, middle), b * globals * width);
    output.set(all.subarray(middle, middle + tokens * width), b * tokens * width);
  }
  return { globalOutput, output };
}
