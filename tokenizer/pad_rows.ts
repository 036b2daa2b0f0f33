import type { Row } from "./template.ts";

/** What padding is made of, and where it goes. */
export interface PaddingToken {
  /** The padding token's number in the vocabulary. */
  id: number;
  /** Before or after the tokens. */
  side: "left" | "right";
}

/**
 * Fills rows up to a length. A row that is longer stays as it is.
 *
 * @param rows The rows.
 * @param length The length.
 * @param padding The padding token.
 * @returns The padded rows.
 */
export function padRows(rows: readonly Row[], length: number, padding: PaddingToken): Row[] {
  return rows.map((row) => {
    const missing = Math.max(0, length - row.input_ids.length);
    const fill = <T>(values: readonly T[], value: T): T[] => {
      const filling = new Array<T>(missing).fill(value);
      return padding.side === "right" ? [...values, ...filling] : [...filling, ...values];
    };
    return {
      input_ids: fill(row.input_ids, padding.id),
      attention_mask: fill(row.attention_mask, 0),
      token_type_ids: fill(row.token_type_ids, 0),
      special_tokens_mask: fill(row.special_tokens_mask, 1),
      offset_mapping: fill<[number, number]>(row.offset_mapping, [0, 0]),
      word_ids: fill(row.word_ids, null),
    };
  });
}
