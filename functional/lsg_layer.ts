/**
 * The stand-alone LSG layer on plain arrays.
 *
 * @module
 */
import { resolveLsgParameters, type SparsityType } from "../attention/lsg/lsg_parameters.ts";
import { FLAG } from "../base/check_options.ts";
import { maskFirstTokens } from "../attention/lsg/lsg_pattern.ts";
import { lsgLayer as compose } from "../attention/lsg/lsg_layer.ts";
import {
  type AttentionShape,
  checkCall,
  checkHeads,
  type Checks,
  columnsOf,
  onArrays,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openLsgReference } from "./lsg_operations.ts";

/** Queries, keys and values, head by head. */
export interface LsgLayerInput {
  /** `[batch, heads, tokens, width]`. */
  readonly query: Float32Array;
  /** `[batch, heads, tokens, width]`. */
  readonly key: Float32Array;
  /** `[batch, heads, tokens, width]`. */
  readonly value: Float32Array;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible. */
  readonly mask?: Int32Array;
}

/** Sizes and parameters of the stand-alone layer. */
export interface LsgLayerShape extends AttentionShape {
  /** Tokens per block; 128 if absent. */
  readonly block_size?: number;
  /** Tokens per entry of the sparse list; 8 if absent. */
  readonly sparsity_factor?: number;
  /** How the sparse list is made; `lsh` is not supported here. `none` if absent. */
  readonly sparsity_type?: Exclude<SparsityType, "lsh">;
  /** Whether tokens attend to no later token; false if absent. */
  readonly causal?: boolean;
  /** Whether token 0 attends to everything and every token to it; true if absent. */
  readonly global_token?: boolean;
}

const CHECKS: Checks<LsgLayerShape> = {
  ...SHAPE_CHECKS,
  block_size: undefined,
  sparsity_factor: undefined,
  sparsity_type: undefined,
  causal: FLAG,
  global_token: FLAG,
};

/**
 * LSG attention for use inside any model, without global embeddings.
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes and parameters.
 * @returns `[batch, heads, tokens, width]`.
 * @throws {RangeError} If a parameter is out of range or an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { lsgLayer } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 3]);
 * const output = await lsgLayer(
 *   { query: new Float32Array(3), key: x, value: x },
 *   { batch: 1, heads: 1, tokens: 3, block_size: 1, sparsity_factor: 1 },
 * );
 * assertEquals([...output], [2, 2, 2]); // token 0 is global, so every token attends to all
 * ```
 */
export async function lsgLayer(
  input: LsgLayerInput,
  shape: LsgLayerShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, CHECKS);
  const { batch, tokens, heads, causal = false, global_token = true } = shape;
  const { block_size = 128, sparsity_factor = 8, sparsity_type = "none" } = shape;
  if (sparsity_type as string === "lsh") {
    throw new RangeError('Cannot use sparsity_type "lsh" in the stand-alone layer: wanted another');
  }
  const sparse_block_size = block_size;
  const parameters = { block_size, sparse_block_size, sparsity_factor, sparsity_type };
  const resolved = resolveLsgParameters(parameters);
  const output = await onArrays(shape, openLsgReference, (arrays) => {
    const rows = (name: "query" | "key" | "value") => {
      columnsOf(name, input[name], { batch, heads, tokens });
      return arrays.rows(name, swap(input[name], batch, heads, tokens), tokens);
    };
    const [query, key, value] = [rows("query"), rows("key"), rows("value")];
    checkHeads({ query, key, value }, heads);
    const visible = arrays.maskValues("mask", input.mask);
    const mask = arrays.integers(visible, [batch, tokens]);
    const maskWithoutFirst = arrays.integers(maskFirstTokens(visible, tokens), [batch, tokens]);
    return compose(arrays.backend, {
      query,
      key,
      value,
      mask,
      maskWithoutFirst,
      heads,
      causal,
      globalToken: global_token,
    }, resolved);
  });
  return swap(output, batch, tokens, heads);
}

/** Swaps the middle axes: `[batch, x, y, width]` to `[batch, y, x, width]`. */
function swap(values: Float32Array, batch: number, x: number, y: number): Float32Array {
  const width = values.length / (batch * x * y);
  const result = new Float32Array(values.length);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < x; i++) {
      for (let j = 0; j < y; j++) {
        const from = ((b * x + i) * y + j) * width;
        result.set(values.subarray(from, from + width), ((b * y + j) * x + i) * width);
      }
    }
  }
  return result;
}
