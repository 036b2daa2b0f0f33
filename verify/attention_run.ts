/**
 * Common parts of attention cases.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import {
  ACCUMULATION,
  attentionBound,
  type AttentionSize,
  largestLength,
  largestMagnitude,
  storageError,
  UNIT,
} from "./bounds.ts";
import { compare, compareNorms, type Comparison, type Values } from "./compare.ts";

/** Runs a pattern on a golden's inputs and compares the outputs. */
export type Run = (golden: Golden, backend: Backend) => Promise<Comparison[]>;

/** Tensors of a golden case. */
export interface Golden {
  /** Parameters of the attention. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Inputs and outputs by name. */
  readonly tensors: Readonly<Record<string, Values>>;
  /** Masks and indices by name. */
  readonly integers: Readonly<Record<string, Int32Array>>;
}

/** Derives the bound from a golden's queries, keys and values. */
export function deriveBound(
  tensors: Readonly<Record<string, Values>>,
  backend: Backend,
  heads: number,
  keys: number,
  known: Partial<AttentionSize> = {},
): number {
  const width = tensors.query.dims.at(-1)! / heads;
  const largest = (part: string, measure: (values: Float32Array) => number) =>
    Math.max(
      ...Object.entries(tensors)
        .filter(([name]) => name.includes(part))
        .map(([, { data }]) => measure(data)),
    );
  const storage = storageError(backend);
  return attentionBound(
    {
      query: largest("query", (data) => largestLength(data, width)),
      key: largest("key", (data) => largestLength(data, width)),
      value: largest("value", largestMagnitude),
      width,
      keys,
      scale: 1 / Math.sqrt(width),
      ...known,
      // A backend that stores less than float32 also rounds its queries and keys.
      roundings: (known.roundings ?? 0) + (storage > UNIT ? 2 : 0),
    },
    ACCUMULATION[backend.name],
    storage,
  );
}

/**
 * Largest error of outputs whose operands are stored in float16, as the Euclidean norm of the
 * differences beside that of the expected values. Measured: at most 0.0019 (723 cases, lavapipe).
 */
const HALF_ERROR = 0.01;

/**
 * Compares an output with the expected one: each value with the bound and, where operands are stored
 * in float16, all together too, as bounds of the worst case may be larger there than the outputs.
 */
export function compareOutput(
  actual: Values,
  expected: Values,
  bound: number,
  backend: Pick<Backend, "name" | "dtype">,
  isCompared?: (row: number) => boolean,
): Comparison {
  const compared = compare(actual, expected, bound, isCompared);
  if (!compared.passed || storageError(backend) === UNIT) return compared;
  return compareNorms(actual, expected, HALF_ERROR, isCompared);
}

/** Returns a predicate for the rows that a mask makes visible. */
export function visibleRows(mask: Int32Array): (row: number) => boolean {
  return (row) => mask[row] === 1;
}
