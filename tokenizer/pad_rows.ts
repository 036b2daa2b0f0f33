import type { Settings } from "./options.ts";
import type { Row } from "./template.ts";

/** What padding is made of, and where it goes. */
export interface PaddingToken {
  /** The padding token's number in the vocabulary, if it has one. */
  id: number | undefined;
  /** Before or after the tokens. */
  side: "left" | "right";
}

/**
 * Fills rows up to the length that a call asks for. A row that is longer stays as it is.
 *
 * @param rows The rows.
 * @param settings The settings of the call.
 * @param token The padding token.
 * @returns The rows, padded if they are to be.
 * @throws {RangeError} If they are to be, and there is no padding token.
 */
export function padRows(
  rows: Row[],
  { padding, maxLength, multiple }: Pick<Settings, "padding" | "maxLength" | "multiple">,
  { id, side }: PaddingToken,
): Row[] {
  if (!padding) return rows;
  if (id === undefined) throw new RangeError("Cannot pad: the tokenizer has no pad_token");
  const longest = padding === "max_length"
    ? maxLength
    : rows.reduce((length, row) => Math.max(length, row.input_ids.length), 0);
  const length = Math.ceil(longest / multiple) * multiple;
  return rows.map((row) => {
    const missing = Math.max(0, length - row.input_ids.length);
    const fill = <T>(values: readonly T[], value: T): T[] => {
      const filling = new Array<T>(missing).fill(value);
      return side === "right" ? [...values, ...filling] : [...filling, ...values];
    };
    return {
      input_ids: fill(row.input_ids, id),
      attention_mask: fill(row.attention_mask, 0),
      token_type_ids: fill(row.token_type_ids, 0),
      special_tokens_mask: fill(row.special_tokens_mask, 1),
      offset_mapping: fill<[number, number]>(row.offset_mapping, [0, 0]),
      word_ids: fill(row.word_ids, null),
    };
  });
}
