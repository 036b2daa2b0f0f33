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
  // Of holes, too.
  return Array.from(
    texts,
    (text, i) => checkText(text, Array.isArray(value) ? `${name}[${i}]` : name),
  );
}

/**
 * Checks a text: a string that can be encoded as UTF-8.
 *
 * @param text The text.
 * @param name The argument's name in messages.
 * @returns The text.
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it has a lone surrogate.
 */
export function checkText(text: unknown, name: string): string {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot tokenize ${name}, ${showValue(text)}: wanted a string`);
  }
  if (text.isWellFormed()) return text;
  throw new RangeError(
    `Cannot tokenize ${name}: it has half of a surrogate pair; text.toWellFormed() replaces it`,
  );
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
  return checkList("Cannot decode", ids, "ids").map((id) => {
    if (typeof id !== "bigint" && !Number.isSafeInteger(id)) {
      const hint = Array.isArray(id) ? "; batch_decode takes several rows" : "";
      throw new TypeError(`Cannot decode ids with ${showValue(id)}: wanted whole numbers${hint}`);
    }
    return Number(id);
  });
}

/**
 * Takes the row of a tensor of one, as a tokenizer or `generate()` returns it for one text.
 *
 * @param ids A list of ids, or a tensor.
 * @returns The row of a tensor `[1, tokens]`; anything else as it is.
 */
export function onlyRow(ids: TokenIds): TokenIds {
  return ids instanceof Tensor && ids.dims.length === 2 && ids.dims[0] === 1 ? ids[0] : ids;
}

/**
 * Checks that a value is a list, or a tensor.
 *
 * @param action The attempted action, as messages begin.
 * @param value The value.
 * @param items What it should list, for the message.
 * @returns The items; rows of a tensor.
 * @throws {TypeError} If it is not a list.
 */
export function checkList(action: string, value: unknown, items: string): unknown[] {
  if (value instanceof Tensor) value = value.tolist();
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return [...value as Iterable<unknown>];
  }
  throw new TypeError(`${action} ${showValue(value)}: wanted a list of ${items}`);
}

/**
 * Checks tokens.
 *
 * @param tokens A list of tokens.
 * @returns The tokens.
 * @throws {TypeError} If it is not a list, or a token is not a string.
 */
export function checkTokens(tokens: unknown): string[] {
  return checkList("Cannot convert", tokens, "tokens").map((token) => {
    if (typeof token === "string") return token;
    throw new TypeError(`Cannot convert tokens with ${showValue(token)}: wanted strings`);
  });
}
