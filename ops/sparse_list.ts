/**
 * Sparse lists and the settings that they are made with.
 *
 * @module
 */
import type { Floats, Integers } from "./operation.ts";

/** A sparse list: entries that represent the tokens. */
export type SparseList = {
  /** `[b, e, w]`. */
  readonly keys: Floats;
  /** `[b, e, w]`. */
  readonly values: Floats;
  /** `[b, h, e]`: 1 visible, 0 masked. */
  readonly mask: Integers;
};

/** Settings of a selection. */
export interface SelectShape {
  /** `h`. */
  readonly heads: number;
  /**
   * The row of keys and values that holds the first token; the rows before it are global tokens.
   */
  readonly first: number;
  /** Number of tokens, without padding to blocks. */
  readonly tokens: number;
  /** Tokens per block; the last block is padded with masked tokens. */
  readonly block: number;
  /** Tokens per entry; divides the chunk. */
  readonly factor: number;
  /**
   * Tokens from which `norm` and `lsh` select at a time: the smaller of block and sparse block;
   * divides the block.
   */
  readonly chunk: number;
}
