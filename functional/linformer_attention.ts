/**
 * Linformer attention on plain arrays.
 *
 * @module
 */
import {
  drawLinformerProjections,
  type LinformerProjections,
  transposedRows,
} from "../attention/baselines/linformer_projections.ts";
import { linformerAttention as compose } from "../attention/baselines/linformer_attention.ts";
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

/** Sizes and randomness. */
export interface LinformerAttentionShape extends AttentionShape {
  /** `E` and `F`, each `[length, tokens]`. Absent: drawn, with length 128. */
  readonly projections?: LinformerProjections;
  /** Seed of the drawn projections; 0 if absent. */
  readonly seed?: number;
}

const CHECKS: Checks<LinformerAttentionShape> = {
  ...SHAPE_CHECKS,
  projections: undefined,
  seed: undefined,
};

/**
 * Linformer attention: `softmax(q·(Ek)/√width)·(Fv)` (Wang et al., 2020); masked rows of keys and
 * values count as zero.
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes and the matrices that mix the tokens.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example Two tokens mixed into one
 * ```ts
 * import { linformerAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const half = new Float32Array([0.5, 0.5]);
 * const shape = { batch: 1, tokens: 2, heads: 1, projections: { key: half, value: half } };
 * const x = new Float32Array([1, 3]);
 * assertEquals([...await linformerAttention({ query: x, key: x, value: x }, shape)], [2, 2]);
 * ```
 */
export async function linformerAttention(
  input: AttentionInput,
  shape: LinformerAttentionShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, CHECKS);
  return await onArrays(shape, openReference, (arrays) => {
    const { batch, tokens, seed = 0 } = shape;
    const { query, key, value, heads } = projectedOf(arrays, input, shape);
    const rowWidth = key.dims[2];
    const mask = arrays.maskValues("mask", input.mask);
    const drawn = shape.projections ?? drawLinformerProjections(tokens, new Random(seed));
    const length = columnsOf("projections.key", drawn.key, { tokens });
    if (columnsOf("projections.value", drawn.value, { tokens }) !== length) {
      throw new RangeError(
        `Cannot attend: projections.value has ${drawn.value.length} values, projections.key ` +
          `${drawn.key.length}; wanted the same`,
      );
    }
    const matrix = (values: Float32Array) => arrays.floats(values, [1, length, tokens]);
    return compose(arrays.backend, {
      query,
      key,
      value,
      heads,
      transposed: arrays.integers(transposedRows(mask, rowWidth, batch), [
        batch,
        rowWidth * tokens,
      ]),
      keyProjection: matrix(drawn.key),
      valueProjection: matrix(drawn.value),
    });
  });
}
