/**
 * The sparse list of any type, from rooms.
 *
 * @module
 */
import { type LsgParameters, selectionChunk } from "./lsg_parameters.ts";
import type { Backend, Floats, Integers, SelectShape, SparseList } from "../../ops/backend.ts";

/** Where the tokens are that a sparse list is made of. */
export interface SparseInput {
  /** `[batch, rows, heads·width]`. */
  readonly query: Floats;
  /** `[batch, rows, heads·width]`. */
  readonly key: Floats;
  /** `[batch, rows, heads·width]`. */
  readonly value: Floats;
  /** `[batch, tokens]`: 1 visible, 0 masked. */
  readonly mask: Integers;
  /** Heads. */
  readonly heads: number;
  /** The row of the first token. */
  readonly first: number;
  /** How many rows are tokens. */
  readonly tokens: number;
  /** For `lsh`: one `[heads, width, ⌊buckets/2⌋]` a round. */
  readonly projections?: readonly Floats[];
}

/** The parameters that decide what is selected. */
export type SparseShape = Pick<
  LsgParameters,
  "block_size" | "sparse_block_size" | "sparsity_factor" | "sparsity_type"
>;

/**
 * Makes the sparse list.
 *
 * @param backend What computes.
 * @param input Tokens with their queries, keys and values.
 * @param shape Checked parameters of a sparse part.
 * @returns The list.
 * @throws {TypeError} If the type is `lsh` and there are no projections.
 */
export function sparseList(backend: Backend, input: SparseInput, shape: SparseShape): SparseList {
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
      // One entry a sparse block leaves nothing to hash.
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
