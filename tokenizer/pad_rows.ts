import type { EncodedRow } from "./encoded_row.ts";
import type { Settings } from "./options.ts";

/** The padding token and its side. */
export interface PaddingToken {
  /** The token's id. */
  id: number;
  /** Before (left) or after (right) the other tokens. */
  side: "left" | "right";
}

/**
 * Computes the length that a call pads its rows to.
 *
 * @param rows The rows.
 * @param settings The settings of the call.
 * @returns The number of tokens, rounded up to a multiple; 0 without padding.
 */
export function paddedLength(
  rows: readonly EncodedRow[],
  { padding, maxLength, multiple }: Pick<Settings, "padding" | "maxLength" | "multiple">,
): number {
  if (!padding) return 0;
  const longest = rows.reduce((length, row) => Math.max(length, row.ids.length), 0);
  return Math.ceil((padding === "max_length" ? maxLength : longest) / multiple) * multiple;
}

/**
 * Pads rows that are shorter than a length; longer ones stay unchanged.
 *
 * @param rows The rows.
 * @param length The number of tokens.
 * @param token The padding token.
 * @returns The rows; those that need no padding are the same objects.
 */
export function padRows(
  rows: readonly EncodedRow[],
  length: number,
  { id, side }: PaddingToken,
): EncodedRow[] {
  return rows.map((row) => {
    const missing = length - row.ids.length;
    if (missing <= 0) return row;
    const pad = (values: Int32Array, filling: number): Int32Array => {
      const padded = new Int32Array(length).fill(filling);
      padded.set(values, side === "right" ? 0 : missing);
      return padded;
    };
    return {
      sample: row.sample,
      ids: pad(row.ids, id),
      mask: pad(row.mask, 0),
      ...(row.typeIds && { typeIds: pad(row.typeIds, 0) }),
      special: pad(row.special, 1),
      starts: pad(row.starts, 0),
      ends: pad(row.ends, 0),
      words: pad(row.words, -1),
    };
  });
}
