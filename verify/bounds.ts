/**
 * Error bounds, derived from the arithmetic of a backend.
 *
 * @module
 */
import type { Backend, BackendName } from "../ops/backend.ts";

/** Unit roundoff of float32: the largest relative error of one rounding. */
export const UNIT = 2 ** -24;

/** Unit roundoff of one addition or multiplication inside a sum. */
export const ACCUMULATION: Readonly<Record<BackendName, number>> = {
  cpu: 2 ** -53,
  wasm: UNIT,
  webgpu: UNIT,
};

/**
 * Returns the unit roundoff of a backend's stored values: that of float16 on `webgpu` with dtype
 * `fp16`, else of float32 (other backends use the dtype only for weights).
 *
 * @param backend The backend.
 * @returns The largest relative error of storing a value.
 */
export function storageError({ name, dtype }: Pick<Backend, "name" | "dtype">): number {
  return name === "webgpu" && dtype === "fp16" ? 2 ** -11 : UNIT;
}

/** Sizes that the error of softmax attention grows with. */
export interface AttentionSize {
  /** Largest Euclidean norm of a query, including positions. */
  readonly query: number;
  /** Largest Euclidean norm of a key. */
  readonly key: number;
  /** Largest magnitude of a value. */
  readonly value: number;
  /** Width of a head: number of terms of a score. */
  readonly width: number;
  /** Visible keys: number of terms of a weighted sum. */
  readonly keys: number;
  /** Scale of the scores. */
  readonly scale: number;
  /** Number of times that queries, keys or values are rounded before attention. */
  readonly roundings: number;
}

/**
 * Bounds the error of softmax attention.
 *
 * Scores are at most `S = scale·‖q‖·‖k‖`. A sum of `width` products has an error of at most
 * `(width + 2)·a·S` (Higham, Accuracy and Stability, 3.1; `a` is the error of one operation in the
 * sum); earlier roundings of the query or key add `roundings·u·S`. An error `δ` of a score changes a
 * softmax weight by a factor `exp(±2δ)`, and so the output by at most `2δ·max|v|`. The weighted sum
 * of `keys` terms and its division add `(keys + 8)·a·max|v|`, earlier roundings of values
 * `roundings·u·max|v|`, and storing both results `2·u·max|v|`.
 *
 * @param size Sizes of the attention.
 * @param accumulation Error of one operation, `a`.
 * @param storage Error of storing a value, `u`.
 * @returns The bound.
 */
export function attentionBound(
  size: AttentionSize,
  accumulation: number,
  storage: number = UNIT,
): number {
  const { query, key, value, width, keys, scale, roundings } = size;
  const largestScore = scale * query * key;
  const score = ((width + 2) * accumulation + roundings * storage) * largestScore;
  return value * (2 * score + (keys + 8) * accumulation + (roundings + 2) * storage);
}

/** Sizes that the error of linear attention (by features) grows with. */
export interface FeatureSize {
  /** Largest magnitude of the exponent of a feature, excluding terms that cancel. */
  readonly exponent: number;
  /** Number of terms of an exponent; 1 if it is a value of the row itself. */
  readonly terms: number;
  /** Features per row. */
  readonly features: number;
  /** Keys: number of terms of a sum. */
  readonly keys: number;
  /** Largest magnitude of a value. */
  readonly value: number;
  /** Whether rows, values and random features are rounded before attention. */
  readonly isRounded: boolean;
}

/**
 * Bounds the error of linear attention.
 *
 * An exponent has an error of `(terms + 2)·a·E`, plus `2a·E` if a maximum is subtracted, and its
 * exponential a relative error of `4a`; this holds for each feature of queries and keys. Features are
 * positive, so the output is a mean of values with positive weights: a relative error `δ` of each
 * weight changes numerator and denominator by `δ`, and the output by `2δ·max|v|`. Sums over keys and
 * features add `(keys + features + 4)·a` to `δ`; storing both results adds `2·u·max|v|`.
 *
 * If rows and random features are rounded first, an exponent, which multiplies at most two of them,
 * changes by `2·u·E`; a rounded value adds `u·max|v|`.
 *
 * @param size Sizes of the attention.
 * @param accumulation Error of one operation, `a`.
 * @param storage Error of storing a value, `u`.
 * @returns The bound.
 */
export function featureBound(
  size: FeatureSize,
  accumulation: number,
  storage: number = UNIT,
): number {
  const { exponent, terms, features, keys, value, isRounded } = size;
  const rounding = isRounded ? storage : 0;
  const feature = ((terms + 4) * exponent + 4) * accumulation + 2 * rounding * exponent;
  const weight = 2 * feature + (keys + features + 4) * accumulation;
  return value * (2 * weight + rounding + 2 * storage);
}

/**
 * Finds the largest Euclidean norm of a head's part of a row.
 *
 * @param values `[…, heads·width]`, or `[…, width]` for one head.
 * @param width Width of a head.
 * @returns The norm.
 */
export function largestLength(values: Float32Array, width: number): number {
  let largest = 0;
  for (let start = 0; start < values.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += values[i] ** 2;
    largest = Math.max(largest, sum);
  }
  return Math.sqrt(largest);
}

/**
 * Finds the largest magnitude.
 *
 * @param values Any values.
 * @returns The magnitude; 0 if there are no values.
 */
export function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** Sizes that the error of a whole model grows with. */
export interface ModelSize {
  /** Number of layers. */
  readonly layers: number;
  /** Number of layers with cross-attention; absent: none. */
  readonly crossAttentions?: number;
  /** Number of layers with rotary positions and a gate, and norms in front; absent: none. */
  readonly rotaryLayers?: number;
  /** Number of terms of the longest sums: the inner width of the feed-forward network. */
  readonly width: number;
  /** Largest magnitude of an output. */
  readonly output: number;
}

/**
 * Bounds the error of a whole model.
 *
 * An output depends on 8 operations per layer (projection, attention, projection, norm, two
 * feed-forward layers, activation, norm), 5 more with cross-attention (projections of the query and
 * of the memory, attention, projection, norm), 5 more with rotary positions (turns, rotation, gate, two
 * sums with what is behind a norm), and at most 6 others. Each stores its result, with an error
 * of at most `u` of the largest value, and sums `width` terms, whose errors `a` are independent and
 * grow with `√width`. Layer norms keep the scale of the rows, so errors propagate at about their
 * size; the bound is their sum, without cancellation. Unlike {@linkcode attentionBound} this is an
 * estimate, as some weights would amplify errors from layer to layer.
 *
 * @param size Sizes of the model and its output.
 * @param accumulation Error of one operation, `a`.
 * @param storage Error of storing a value, `u`.
 * @returns The bound.
 */
export function modelBound(
  size: ModelSize,
  accumulation: number,
  storage: number = UNIT,
): number {
  const others = (size.crossAttentions ?? 0) + (size.rotaryLayers ?? 0);
  const operations = 8 * size.layers + 5 * others + 6;
  return operations * (storage + Math.sqrt(size.width) * accumulation) * size.output;
}

/** Relative error of a row that is rounded to 8 bits, squared: see {@linkcode quantizedError}. */
const ROUNDED = (2.5 / 127) ** 2 / 12;

/**
 * Bounds the relative error of a rotary decoder's outputs with weights in `q8`, in root mean squares.
 *
 * A step is 1/127 of a row's largest value, which is some 2.5 times its root mean square (2.35 to 2.7
 * in the goldens); rounding errs by 1/√12 of a step, in x and in W. Squares `d` of relative errors are
 * followed from row to row, as if all were independent, with `r` for each rounding:
 *
 * - A linear layer makes `d` `d + 2r`.
 * - Attention: the goldens' scores are sums of 8 products of root mean square 2 (weights 0.25, 32
 *   inputs), divided by √8, so 2. A softmax weight changes by its score's absolute error, of query and
 *   key: `4·2·(d + 2r)`; the value adds `d + 2r`, the output's layer 2r.
 * - A gate's product has the errors of both factors, `2·(d + 2r)`, the layer behind it adds 2r.
 * - A residual sum has the mean of the errors of its parts, which are about as large. In the first
 *   layer what attention gives is all of it, as the table's rows are small.
 *
 * Where softmax weights are near 0 or 1 scores matter less: 0.012 to 0.064 were measured with two
 * layers, where this is 0.11.
 *
 * @param layers Number of layers.
 * @returns The error.
 */
export function quantizedError(layers: number): number {
  let error = ROUNDED; // the table's
  for (let layer = 0; layer < layers; layer++) {
    const attended = 9 * (error + 2 * ROUNDED) + 2 * ROUNDED;
    error = layer === 0 ? attended : (error + attended) / 2;
    error = (error + 2 * (error + 2 * ROUNDED) + 2 * ROUNDED) / 2;
  }
  return Math.sqrt(error + 2 * ROUNDED);
}
