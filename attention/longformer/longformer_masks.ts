/**
 * Local and global tokens in Longformer attention.
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
 * Splits the tokens of a batch into local and global ones; a masked token is neither.
 *
 * @param mask `[batch, tokens]`: 1 visible, 0 padding.
 * @param globalMask `[batch, tokens]`: 1 global; `global_attention_mask` of a model's inputs.
 * @param batch Sequences.
 * @returns Masks and rows.
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
