import { Tensor } from "../tensor/tensor.ts";
import type { TokenIds } from "./tokenizer_parts.ts";

/**
 * The texts of an argument, each checked to be one that has a UTF-8 form.
 *
 * @param value A text, or an array of texts.
 * @param name The argument, for messages.
 * @returns The texts.
 * @throws {TypeError} If one is not a string.
 * @throws {RangeError} If there is none, or one has a lone surrogate.
 */
export function checkTexts(value: unknown, name: string): string[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0) {
    throw new RangeError(`Cannot tokenize an empty batch: wanted at least one ${name}`);
  }
  for (const [i, text] of texts.entries()) {
    const where = Array.isArray(value) ? `${name}[${i}]` : name;
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot tokenize ${where}: wanted a string, got ${text === null ? "null" : typeof text}`,
      );
    }
    if (!text.isWellFormed()) {
      throw new RangeError(
        `Cannot tokenize ${where}: it has half of a surrogate pair, which is no character; ` +
          "text.toWellFormed() replaces it",
      );
    }
  }
  return texts as string[];
}

/**
 * The second texts of a call, checked to go with the first ones.
 *
 * @param text The first text, or texts.
 * @param pair The second text, or texts, if there are any.
 * @returns The second texts; undefined without any.
 * @throws {TypeError} If one is not a string, or one argument is an array and the other is not.
 * @throws {RangeError} If there are not as many as first texts, or one has a lone surrogate.
 */
export function checkPairs(
  text: string | string[],
  pair: string | string[] | null | undefined,
): string[] | undefined {
  if (pair === null || pair === undefined) return undefined;
  const pairs = checkTexts(pair, "text_pair");
  if (Array.isArray(text) !== Array.isArray(pair)) {
    throw new TypeError(
      "Cannot tokenize pairs: wanted text and text_pair both strings or both arrays",
    );
  }
  if (Array.isArray(text) && text.length !== pairs.length) {
    throw new RangeError(
      `Cannot tokenize pairs: wanted as many in text_pair as the ${text.length} texts, got ` +
        pairs.length,
    );
  }
  return pairs;
}

/**
 * Ids as numbers.
 *
 * @param ids A list of ids, or a tensor `[tokens]`.
 * @returns The ids.
 * @throws {TypeError} If it is no list, or one is not a whole number.
 */
export function checkIds(ids: TokenIds): number[] {
  const list = ids instanceof Tensor ? ids.tolist() : ids;
  if (typeof list !== "object" || list === null || !(Symbol.iterator in list)) {
    throw new TypeError(`Cannot decode ${String(list)}: wanted a list of ids`);
  }
  return Array.from(list, (id) => {
    if (typeof id !== "bigint" && !Number.isSafeInteger(id)) {
      throw new TypeError(`Cannot decode ids with ${JSON.stringify(id)}: wanted whole numbers`);
    }
    return Number(id);
  });
}
