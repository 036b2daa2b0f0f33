/**
 * The sparse list of any type.
 *
 * @module
 */
import { selectionChunk } from "./lsg_parameters.ts";
import type { LsgShape } from "./lsg_pattern.ts";
import type { KeySource } from "../../ops/attend_plan.ts";
import type { Span } from "../../ops/span.ts";
import type { Backend, Floats, Integers, SelectShape, SparseList } from "../../ops/backend.ts";
import type { Projected } from "../full/full_attention.ts";

/** Projected rows, and which of them are the tokens that a sparse list is made of. */
export interface SparseInput extends Projected {
  /** `[batch, tokens]`: 1 visible, 0 masked. */
  readonly mask: Integers;
  /** The row of the first token. */
  readonly first: number;
  /** How many rows are tokens. */
  readonly tokens: number;
  /** For `lsh`: one `[heads, width, ⌊buckets/2⌋]` a round. */
  readonly projections?: readonly Floats[];
}

/**
 * The sparse part of the keys that tokens see.
 *
 * @param backend Backend that runs the operations.
 * @param input Projected rows.
 * @param shape Checked parameters.
 * @param spans The entries that a token sees; empty: none.
 * @returns At most one source of keys and values.
 */
export function sparseSources(
  backend: Backend,
  input: SparseInput,
  shape: LsgShape,
  spans: readonly Span[],
): KeySource<Floats, Integers>[] {
  if (spans.length === 0) return [];
  const { key: keys, value: values, mask, first, tokens: count } = input;
  // With one token an entry the tokens are the list.
  if (shape.sparsity_factor === 1) return [{ keys, values, mask, first, count, spans }];
  const list = sparseList(backend, input, shape);
  return [{ ...list, first: 0, count: list.keys.dims[1], spans }];
}

/**
 * Makes a sparse list.
 *
 * @param backend Backend that runs the operations.
 * @param input Tokens with their queries, keys and values.
 * @param shape Checked parameters of a sparse part.
 * @returns The list.
 * @throws {TypeError} If the type is `lsh` and there are no projections.
 * @throws {RangeError} If the type is `none`.
 */
export function sparseList(backend: Backend, input: SparseInput, shape: LsgShape): SparseList {
  const { query, key, value, mask, heads, first, tokens, projections } = input;
  const select: SelectShape = {
    heads,
    first,
    tokens,
    block: shape.block_size,
    factor: shape.sparsity_factor,
    chunk: selectionChunk(shape),
  };
  switch (shape.sparsity_type) {
    case "norm":
      return backend.selectNorm(key, value, mask, select);
    case "stride":
      return backend.selectStride(key, value, mask, select);
    case "block_stride":
      return backend.selectBlockStride(key, value, mask, select);
    case "pooling":
      return backend.selectPooling(key, value, mask, select);
    case "bos_pooling":
      return backend.selectBosPooling(query, key, value, mask, select);
    case "lsh":
      // With one entry a sparse block there is nothing to hash.
      if (shape.sparsity_factor === shape.sparse_block_size) {
        return backend.selectBosPooling(query, key, value, mask, select);
      }
      if (!projections) {
        throw new TypeError('Cannot select with sparsity_type "lsh": got no projections');
      }
      return backend.selectLsh(key, value, mask, projections, select);
    case "none":
      throw new RangeError('Cannot make a sparse list of sparsity_type "none"');
  }
}
