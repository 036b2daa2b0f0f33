/**
 * Full attention on plain arrays.
 *
 * @module
 */
import { FLAG } from "../base/check_options.ts";
import { fullAttention as compose } from "../attention/full/full_attention.ts";
import {
  type AttentionInput,
  type AttentionShape,
  checkCall,
  onArrays,
  projectedOf,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openFullReference } from "./full_operations.ts";

/**
 * `softmax(q·k/√width)·v` over all visible keys.
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes; with `causal` a query attends to no later token.
 * @returns `[batch, tokens, heads·width]`; zeros for a query without a visible key.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { fullAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([0, 0, 2, 6]);
 * const output = await fullAttention(
 *   { query: new Float32Array(4), key: x, value: x },
 *   { batch: 1, tokens: 2, heads: 1 },
 * );
 * assertEquals([...output], [1, 3, 1, 3]);
 * ```
 */
export async function fullAttention(
  input: AttentionInput,
  shape: AttentionShape & { readonly causal?: boolean },
): Promise<Float32Array> {
  shape = checkCall(input, shape, { ...SHAPE_CHECKS, causal: FLAG });
  return await onArrays(
    shape,
    openFullReference,
    (arrays) => compose(arrays.backend, projectedOf(arrays, input, shape), shape.causal),
  );
}
