import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import type { Json } from "./vocabulary_parts.ts";

/** More ids than Pegasus puts in front of its pieces, 103. */
const MAX_OFFSET = 10_000;

/**
 * Reads Pegasus' own settings in tokenizer_config.json.
 *
 * @param config The content of the file.
 * @returns How much larger a piece's id is than in the model, and the mask of a sentence, if any.
 * @throws {RangeError} If the offset is out of bounds.
 * @throws {TypeError} If the mask is not a string.
 */
export function pegasusSettings(config: Json): { offset: number; sentenceMask?: string } {
  const setting = (key: string, absent: unknown) =>
    Object.hasOwn(config, key) ? config[key] : absent;
  const offset = setting("offset", 103);
  const mask = setting("mask_token_sent", "<mask_1>");
  const sentenceMask = isJsonObject(mask) ? mask.content : mask;
  if (!Number.isSafeInteger(offset) || Number(offset) < 0 || Number(offset) > MAX_OFFSET) {
    throw new RangeError(
      `Cannot read the tokenizer: offset is ${showValue(offset)}; wanted a whole number from 0 ` +
        `to ${MAX_OFFSET}`,
    );
  }
  if (sentenceMask === null) return { offset: Number(offset) };
  if (typeof sentenceMask !== "string") {
    throw new TypeError(
      `Cannot read the tokenizer: mask_token_sent is ${showValue(mask)}; wanted a string`,
    );
  }
  return { offset: Number(offset), sentenceMask };
}

/**
 * Names Pegasus' unused tokens.
 *
 * @param start The first number.
 * @param end The number after the last.
 * @returns `<unk_2>`, `<unk_3>`, ….
 */
export function unusedTokens(start: number, end: number): string[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => `<unk_${start + i}>`);
}
