import type { EncodedRow } from "../../tokenizer/encoded_row.ts";

/** A row of a text whose tokens are a letter each. */
export function smallRow(...ids: number[]): EncodedRow {
  const count = Int32Array.from(ids, (_, i) => i);
  return {
    sample: 0,
    ids: Int32Array.from(ids),
    mask: new Int32Array(ids.length).fill(1),
    typeIds: new Int32Array(ids.length),
    special: new Int32Array(ids.length),
    starts: count,
    ends: count.map((i) => i + 1),
    words: count,
  };
}
