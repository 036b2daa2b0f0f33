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
import type { Comparison, Values } from "./compare.ts";

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

/** Returns a predicate for the rows that a mask makes visible. */
export function visibleRows(mask: Int32Array): (row: number) => boolean {
  return (row) => mask[row] === 1;
}
