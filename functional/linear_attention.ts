/**
 * Attention by feature maps, linear in the number of tokens, on plain arrays.
 *
 * @module
 */
import { drawPerformerFeatures } from "../attention/baselines/performer_features.ts";
import type { FeatureMap } from "../ops/backend.ts";
import { Random } from "../tensor/random.ts";
import {
  type AttentionInput,
  type AttentionShape,
  checkCall,
  type Checks,
  columnsOf,
  onArrays,
  projectedOf,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openReference } from "./reference.ts";
import { attendFeatures as attendFeaturesOf } from "../ops/attend_features.ts";

/**
 * Linear attention: `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)` with `φ = elu + 1` (Katharopoulos et
 * al., 2020).
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { linearAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const key = new Float32Array([0, 2]); // features 1 and 3
 * const input = { query: new Float32Array(2), key, value: new Float32Array([0, 4]) };
 * assertEquals([...await linearAttention(input, { batch: 1, tokens: 2, heads: 1 })], [3, 3]);
 * ```
 */
export function linearAttention(
  input: AttentionInput,
  shape: AttentionShape,
): Promise<Float32Array> {
  return attendFeatures(input, shape, "elu", SHAPE_CHECKS);
}

/**
 * Efficient attention: queries after softmax over their width, times keys after softmax over the
 * tokens (Shen et al., 2018).
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example Equal keys get equal weights
 * ```ts
 * import { efficientAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const same = new Float32Array(2);
 * const input = { query: same, key: same, value: new Float32Array([0, 4]) };
 * assertEquals([...await efficientAttention(input, { batch: 1, tokens: 2, heads: 1 })], [2, 2]);
 * ```
 */
export function efficientAttention(
  input: AttentionInput,
  shape: AttentionShape,
): Promise<Float32Array> {
  return attendFeatures(input, shape, "softmax", SHAPE_CHECKS);
}

/** Sizes and randomness. */
export interface PerformerAttentionShape extends AttentionShape {
  /** Random features, `[features, width]`. Absent: `⌊width·ln width⌋` are drawn. */
  readonly features?: Float32Array;
  /** Seed of the drawn features; 0 if absent. */
  readonly seed?: number;
}

const PERFORMER_CHECKS: Checks<PerformerAttentionShape> = {
  ...SHAPE_CHECKS,
  features: undefined,
  seed: undefined,
};

/**
 * Performer attention: random features whose products equal softmax weights in expectation
 * (Choromanski et al., 2021).
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes and features.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { performerAttention } from "@lsg/core/functional";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const same = new Float32Array(8).fill(0.5);
 * const value = new Float32Array([0, 0, 0, 0, 4, 4, 4, 4]);
 * const shape = { batch: 1, tokens: 2, heads: 1, seed: 7 };
 * const output = await performerAttention({ query: same, key: same, value }, shape);
 * output.forEach((mean) => assertAlmostEquals(mean, 2, 1e-6));
 * ```
 */
export function performerAttention(
  input: AttentionInput,
  shape: PerformerAttentionShape,
): Promise<Float32Array> {
  return attendFeatures(input, shape, "random", PERFORMER_CHECKS);
}

async function attendFeatures(
  input: AttentionInput,
  shape: PerformerAttentionShape,
  map: FeatureMap,
  checks: Checks<AttentionShape>,
): Promise<Float32Array> {
  shape = checkCall<AttentionShape>(input, shape, checks);
  return await onArrays(shape, openReference, (arrays) => {
    const { query, key, value, mask, heads } = projectedOf(arrays, input, shape);
    const width = query.dims[2] / heads;
    const options = { heads, map, ...(map === "random" && { projection: drawn(width) }) };
    return arrays.backend.run(attendFeaturesOf, query, key, value, mask, options);

    function drawn(width: number) {
      const { features, seed = 0 } = shape;
      const values = features ?? drawPerformerFeatures(width, new Random(seed));
      return arrays.floats(values, [columnsOf("features", values, { width }), width]);
    }
  });
}
