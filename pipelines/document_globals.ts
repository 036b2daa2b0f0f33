/**
 * Which tokens of documents are global in an LED.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TokenNumbers } from "../models/mod.ts";
import type { EncodedRow, PreTrainedTokenizer } from "../tokenizer/mod.ts";

/** The token between the documents of a group, in PRIMERA. */
const DOCUMENT_SEPARATOR = "<doc-sep>";

/**
 * Marks the first token of each document and every `<doc-sep>`, the convention of the authors of LED
 * and of PRIMERA for summaries.
 *
 * @param rows The documents.
 * @param tokenizer Their tokenizer.
 * @returns `[rows][tokens]`: 1 global, 0 not.
 */
export function conventionalGlobals(
  rows: readonly EncodedRow[],
  tokenizer: PreTrainedTokenizer,
): number[][] {
  const separator = tokenizer._idOf(DOCUMENT_SEPARATOR);
  return rows.map(({ ids }) => Array.from(ids, (id, t) => Number(t === 0 || id === separator)));
}

/**
 * Reads the caller's mask.
 *
 * @param given The mask, `[texts][tokens]`; what is behind the tokens of a text is padding, 0.
 * @param rows The documents.
 * @returns `[rows][tokens]`: 1 global, 0 not.
 * @throws {TypeError} If it is not a tensor or nested array, or not of so many texts.
 * @throws {RangeError} If a row is shorter than its text, padding is global, or a value is neither
 * 0 nor 1.
 */
export function readGlobals(given: TokenNumbers, rows: readonly EncodedRow[]): number[][] {
  const all: unknown = given instanceof Tensor ? given.tolist() : given;
  if (!Array.isArray(all) || !all.every(Array.isArray) || all.length !== rows.length) {
    const shown = Array.isArray(all) ? `of ${all.length} rows` : showValue(all);
    throw new TypeError(
      `Cannot write about ${rows.length} texts with a global_attention_mask ${shown}: wanted ` +
        "[texts, tokens]",
    );
  }
  return rows.map(({ ids }, text) => {
    const mask: unknown[] = all[text].map((value: unknown) =>
      typeof value === "bigint" ? Number(value) : value
    );
    const refuse = (reason: string): never => {
      throw new RangeError(
        `Cannot write about text ${text} of ${ids.length} tokens with a global_attention_mask ` +
          `${reason}: wanted 1 (global) or 0 for each token, and 0 for padding`,
      );
    };
    const wrong = mask.find((value) => value !== 0 && value !== 1);
    if (wrong !== undefined) refuse(`that holds ${showValue(wrong)}`);
    if (mask.length < ids.length) refuse(`of ${mask.length} numbers`);
    if (mask.indexOf(1, ids.length) !== -1) refuse("that makes padding global");
    return mask.slice(0, ids.length) as number[];
  });
}
