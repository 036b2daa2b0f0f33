/**
 * How far a backend may be from the goldens, derived from its arithmetic.
 *
 * @module
 */
import type { Backend, BackendName } from "../ops/backend.ts";

/** Half the distance from 1 to the next float32: the largest relative error of one rounding. */
export const UNIT = 2 ** -24;

/** The largest relative error of one addition or multiplication inside a sum. */
export const ACCUMULATION: Readonly<Record<BackendName, number>> = {
  cpu: 2 ** -53,
  wasm: UNIT,
  webgpu: UNIT,
};

/**
 * The largest relative error of storing one value of a backend's tensors: half the distance between
 * neighbours, in float16 on `webgpu` with that dtype (elsewhere it is the weights' alone).
 *
 * @param backend The backend.
 * @returns The error.
 */
export function storageError({ name, dtype }: Pick<Backend, "name" | "dtype">): number {
  return name === "webgpu" && dtype === "fp16" ? 2 ** -11 : UNIT;
}

/** The sizes that the error of an attention grows with. */
export interface AttentionSize {
  /** Largest length of a query, positions included. */
  readonly query: number;
  /** Largest length of a key. */
  readonly key: number;
  /** Largest value, by magnitude. */
  readonly value: number;
  /** Width of a head: terms of a score. */
  readonly width: number;
  /** Keys that a query can see: terms of a weighted sum. */
  readonly keys: number;
  /** Factor of the scores. */
  readonly scale: number;
  /** How often queries, keys or values are rounded to be stored before they are attended to. */
  readonly roundings: number;
}

/**
 * A bound for one attention.
 *
 * With `S = scale·‖q‖·‖k‖` no score is larger than `S`. A sum of `width` products is off by at
 * most `(width + 2)·a·S` (Higham, Accuracy and Stability, 3.1; `a` is the error of one operation
 * in the sum), and a query or key that was rounded before by `roundings·u·S` more. A score that
 * is off by `δ` moves a softmax weight by a factor `exp(±2δ)`, so the output by at most
 * `2δ·max|v|`. The weighted sum of `keys` terms and its division add `(keys + 8)·a·max|v|`, a
 * rounded value `roundings·u·max|v|`, and both results are rounded to be stored: `2·u·max|v|`.
 *
 * @param size What is attended to.
 * @param accumulation The backend's error of one operation, `a`.
 * @param storage The backend's error of storing a value, `u`.
 * @returns The largest difference that rounding explains.
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

/** The sizes that the error of an attention by features grows with. */
export interface FeatureSize {
  /** Largest exponent of a query's or key's feature, by magnitude, without what cancels in it. */
  readonly exponent: number;
  /** Terms of an exponent; 1 where it is a number of the row itself. */
  readonly terms: number;
  /** Features of a row. */
  readonly features: number;
  /** Keys: terms of a sum. */
  readonly keys: number;
  /** Largest value, by magnitude. */
  readonly value: number;
  /** Whether rows, values and random features are rounded to be stored before they are attended to. */
  readonly isRounded: boolean;
}

/**
 * A bound for an attention by features.
 *
 * An exponent is off by `(terms + 2)·a·E`, by `2a·E` more when a maximum is taken out of it, and its
 * exponential by `4a` relative; so is each feature of query and of key. All features are positive,
 * so the output is a mean of values with positive weights, where a relative error `δ` of each weight
 * moves numerator and sum by `δ`: the output by `2δ·max|v|`. Sums over keys and over features add
 * `(keys + features + 4)·a` to `δ`; both results are rounded to be stored, `2·u·max|v|`.
 *
 * Rows and random features that were rounded before move an exponent, which multiplies two of them
 * at most, by `2·u·E`, and a rounded value adds `u·max|v|`.
 *
 * @param size What is attended to.
 * @param accumulation The backend's error of one operation, `a`.
 * @param storage The backend's error of storing a value, `u`.
 * @returns The largest difference that rounding explains.
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
 * The largest Euclidean length of a head's part of a row.
 *
 * @param values `[…, heads·width]`, or `[…, width]` for one head.
 * @param width Width of a head.
 * @returns The length.
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
 * The largest magnitude.
 *
 * @param values Any values.
 * @returns Its magnitude; 0 for none.
 */
export function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** What the error of a whole model grows with. */
export interface ModelSize {
  /** Layers. */
  readonly layers: number;
  /** Terms of its longest sums: the width inside the feed-forward part. */
  readonly width: number;
  /** Largest output, by magnitude. */
  readonly output: number;
}

/**
 * A bound for a whole model.
 *
 * From the embedding to an output lie 8 operations a layer (projection, attention, projection,
 * norm, two feed-forward layers, activation, norm) and at most 6 around them. Each rounds its
 * result to store it, an error of at most `u` of the largest value, and sums `width` terms, whose
 * errors `a` are independent and so grow with `√width`. Layer norms keep the rows at one size, so
 * an error is carried on at about the size that it has: the bound adds all of them up, as if none
 * cancelled. Unlike {@linkcode attentionBound} this is an estimate: weights exist that would
 * amplify an error from layer to layer.
 *
 * @param size The model and its output.
 * @param accumulation The backend's error of one operation, `a`.
 * @param storage The backend's error of storing a value, `u`.
 * @returns The largest difference that rounding explains.
 */
export function modelBound(
  size: ModelSize,
  accumulation: number,
  storage: number = UNIT,
): number {
  const operations = 8 * size.layers + 6;
  return operations * (storage + Math.sqrt(size.width) * accumulation) * size.output;
}
