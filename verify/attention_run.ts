/**
 * What the runs of attention goldens share.
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

/** What a pattern computes from a golden's inputs. */
export type Run = (golden: Golden, backend: Backend) => Promise<Comparison[]>;

/** A golden's inputs, read. */
export interface Golden {
  /** What it was computed with. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By name. */
  readonly tensors: Readonly<Record<string, Values>>;
  /** Masks and lists, by name. */
  readonly integers: Readonly<Record<string, Int32Array>>;
}

/** The bound for an attention over the golden's queries, keys and values. */
export function boundOf(
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
      // What does not store float32 rounds the query and the key that it is given.
      roundings: (known.roundings ?? 0) + (storage > UNIT ? 2 : 0),
    },
    ACCUMULATION[backend.name],
    storage,
  );
}

/** Tells which rows a mask shows. */
export function visibleRows(mask: Int32Array): (row: number) => boolean {
  return (row) => mask[row] === 1;
}
