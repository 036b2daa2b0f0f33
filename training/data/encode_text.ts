/**
 * Texts as tokens, no more than a model holds.
 *
 * @module
 */
import type { EncodedRow, RowOptions, TruncationStrategy } from "../../tokenizer/mod.ts";
import type { EncoderSettings } from "./encoder_settings.ts";

/** How a text is encoded. */
export interface TextOptions extends Pick<RowOptions, "text_pair" | "src_lang"> {
  /** The most tokens. */
  readonly most: number;
  /** Which text of a pair is cut; `longest_first` if absent. */
  readonly strategy?: TruncationStrategy;
  /** File, line and field, for errors. */
  readonly where: string;
}

/**
 * Encodes a text or a pair.
 *
 * @param settings Tokenizer, and whether long texts are cut.
 * @param text The text.
 * @param options The pair, the length, the origin.
 * @returns The row.
 * @throws {TypeError} If there is no tokenizer.
 * @throws {RangeError} If the text is too long and is not to be cut, or has no tokens.
 */
export function encodeText(
  { tokenizer, truncation }: EncoderSettings,
  text: string,
  { most, strategy = "longest_first", where, text_pair, src_lang }: TextOptions,
): EncodedRow {
  if (!tokenizer) {
    throw new TypeError(`Cannot learn from ${where}: it is a text, and there is no tokenizer`);
  }
  let row: EncodedRow;
  try {
    [row] = tokenizer._encodeRows(text, {
      ...(text_pair !== undefined && { text_pair }),
      ...(src_lang !== undefined && { src_lang }),
      ...(truncation && { truncation: strategy, max_length: most }),
    });
  } catch (cause) {
    throw new RangeError(`Cannot learn from ${where}: ${(cause as Error).message}`, { cause });
  }
  const { length } = row.ids;
  if (length === 0) throw new RangeError(`Cannot learn from ${where}: it has no tokens`);
  if (length <= most) return row;
  throw new RangeError(
    `Cannot learn from ${where}: it has ${length} tokens, wanted at most ${most}, or ` +
      "truncation: true",
  );
}
