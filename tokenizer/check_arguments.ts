import { showValue } from "../base/show_value.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TokenIds } from "./tokenizer_parts.ts";

/**
 * Checks texts: strings that can be encoded as UTF-8.
 *
 * @param value A text, or an array of texts.
 * @param name The argument's name in messages.
 * @returns The texts.
 * @throws {TypeError} If a text is not a string.
 * @throws {RangeError} If the array is empty, or a text has a lone surrogate.
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
        `Cannot tokenize ${where}: it has half of a surrogate pair, which is not a character; ` +
          "text.toWellFormed() replaces it",
      );
    }
  }
  return texts as string[];
}

/**
 * Checks the second texts of a call against the first ones.
 *
 * @param text The first text, or texts.
 * @param pair The second text or texts, if given.
 * @param names The names of both arguments in messages.
 * @returns The second texts; undefined if not given.
 * @throws {TypeError} If a text is not a string, or only one of the arguments is an array.
 * @throws {RangeError} If the numbers of texts differ, or a text has a lone surrogate.
 */
export function checkPairs(
  text: string | string[],
  pair: string | string[] | null | undefined,
  [textName, pairName]: readonly [string, string] = ["text", "text_pair"],
): string[] | undefined {
  if (pair === null || pair === undefined) return undefined;
  const pairs = checkTexts(pair, pairName);
  if (Array.isArray(text) !== Array.isArray(pair)) {
    throw new TypeError(
      `Cannot tokenize pairs: wanted ${textName} and ${pairName} both strings or both arrays`,
    );
  }
  if (Array.isArray(text) && text.length !== pairs.length) {
    throw new RangeError(
      `Cannot tokenize pairs: wanted as many in ${pairName} as the ${text.length} texts, got ` +
        pairs.length,
    );
  }
  return pairs;
}

/**
 * Checks ids and converts them to numbers.
 *
 * @param ids A list of ids, or a tensor `[tokens]`.
 * @returns The ids.
 * @throws {TypeError} If `ids` is not a list, or an id is not a whole number.
 */
export function checkIds(ids: TokenIds): number[] {
  const list = ids instanceof Tensor ? ids.tolist() : ids;
  if (typeof list !== "object" || list === null || !(Symbol.iterator in list)) {
    throw new TypeError(`Cannot decode ${showValue(list)}: wanted a list of ids`);
  }
  return Array.from(list as Iterable<unknown>, (id) => {
    if (typeof id !== "bigint" && !Number.isSafeInteger(id)) {
      const hint = Array.isArray(id) ? "; batch_decode takes several rows" : "";
      throw new TypeError(`Cannot decode ids with ${showValue(id)}: wanted whole numbers${hint}`);
    }
    return Number(id);
  });
}
