/**
 * Who is local and who is global in Longformer attention.
 *
 * @module
 */

/** Masks and rows of a batch. */
export interface LongformerRows {
  /** `[batch, tokens]`: 1 visible and not global. */
  readonly local: Int32Array;
  /** `[batch, globals]`: the rows of global tokens, −1 where a sequence has fewer. */
  readonly globalRows: Int32Array;
  /** `[batch, globals]`: 1 where there is a row. */
  readonly globalMask: Int32Array;
  /** The largest number of global tokens in a sequence. */
  readonly globals: number;
}

/**
 * Sorts the tokens of a batch into local and global ones; a masked token is neither.
 *
 * @param mask `[batch, tokens]`: 1 visible, 0 padding.
 * @param globalMask `[batch, tokens]`: 1 global; `global_attention_mask` in checkpoints' words.
 * @param batch Sequences.
 * @returns Masks and rows.
 *
 * @example
 * ```ts
 * import { longformerRows } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = longformerRows(new Int32Array([1, 1, 0]), new Int32Array([0, 1, 1]), 1);
 * assertEquals([...rows.local], [1, 0, 0]);
 * assertEquals([...rows.globalRows], [1]);
 * ```
 */
export function longformerRows(
  mask: Int32Array,
  globalMask: Int32Array,
  batch: number,
): LongformerRows {
  const tokens = mask.length / batch;
  const isGlobal = mask.map((visible, i) => visible & globalMask[i]);
  const rows = Array.from({ length: batch }, (_, b) => {
    const sequence = isGlobal.subarray(b * tokens, (b + 1) * tokens);
    return [...sequence.keys()].filter((t) => sequence[t] === 1);
  });
  const globals = Math.max(0, ...rows.map((row) => row.length));
  const filled = rows.flatMap((row) => Array.from({ length: globals }, (_, i) => row[i] ?? -1));
  return {
    local: mask.map((visible, i) => visible - isGlobal[i]),
    globalRows: Int32Array.from(filled),
    globalMask: Int32Array.from(filled, (row) => row === -1 ? 0 : 1),
    globals,
  };
}
