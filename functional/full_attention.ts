/**
 * Full attention on plain arrays.
 *
 * @module
 */
import { fullAttention as compose } from "../attention/full/full_attention.ts";
import { type AttentionShape, onArrays } from "./arrays.ts";
import { projectedOf } from "./projected.ts";

/** Queries, keys and values after projection; head `i` is columns `i·width … (i+1)·width − 1`. */
export interface AttentionInput {
  /** `[batch, tokens, heads·width]`. */
  readonly query: Float32Array;
  /** `[batch, tokens, heads·width]`. */
  readonly key: Float32Array;
  /** `[batch, tokens, heads·width]`. */
  readonly value: Float32Array;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible. */
  readonly mask?: Int32Array;
}

/**
 * `softmax(q·k/√width)·v` over all visible keys.
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes; with `causal` a query sees nothing after itself.
 * @returns `[batch, tokens, heads·width]`; zeros for a query that sees no key.
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
export function fullAttention(
  input: AttentionInput,
  shape: AttentionShape & { readonly causal?: boolean },
): Promise<Float32Array> {
  return onArrays(
    shape,
    (arrays) => compose(arrays.backend, projectedOf(arrays, input, shape), shape.causal),
  );
}
