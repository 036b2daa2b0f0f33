/**
 * Reformer attention on plain arrays.
 *
 * @module
 */
import {
  drawReformerProjection,
  REFORMER_CHUNK,
} from "../attention/baselines/reformer_projections.ts";
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
import { attendHashed } from "../ops/attend_hashed.ts";

/** Sizes and randomness. */
export interface ReformerAttentionShape extends AttentionShape {
  /** Hash matrix, `[heads, width, columns]`, for twice as many buckets. Absent: drawn. */
  readonly projection?: Float32Array;
  /** Seed of the drawn matrix; 0 if absent. */
  readonly seed?: number;
}

const CHECKS: Checks<ReformerAttentionShape> = {
  ...SHAPE_CHECKS,
  projection: undefined,
  seed: undefined,
};

/**
 * Reformer attention: softmax inside hash buckets, with keys that are queries normalized to length
 * 1 (Kitaev et al., 2020).
 *
 * @param input Queries, values and mask; keys are not read.
 * @param shape Sizes and the hash matrix.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example Opposite queries fall into different buckets, so each attends to itself alone
 * ```ts
 * import { reformerAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const query = new Float32Array([1, -1]);
 * const value = new Float32Array([5, 7]);
 * const shape = { batch: 1, tokens: 2, heads: 1 };
 * assertEquals([...await reformerAttention({ query, key: query, value }, shape)], [5, 7]);
 * ```
 */
export async function reformerAttention(
  input: AttentionInput,
  shape: ReformerAttentionShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, CHECKS);
  return await onArrays(shape, openReference, (arrays) => {
    const { tokens, seed = 0 } = shape;
    const { query, value, mask, heads } = projectedOf(arrays, input, shape);
    const width = query.dims[2] / heads;
    const drawn = shape.projection ??
      drawReformerProjection(tokens, heads, width, new Random(seed));
    const columns = columnsOf("projection", drawn, { heads, width });
    const projection = arrays.floats(drawn, [heads, width, columns]);
    return arrays.backend.run(attendHashed, query, value, mask, projection, REFORMER_CHUNK);
  });
}
