import { showName, showValue } from "./show_value.ts";

/** Deepest nesting of arrays and objects; serde_json has the same limit. */
const MAX_DEPTH = 128;

/** Most values in a text: twice as many as the largest vocabulary with its merges has. */
export const MAX_VALUES = 2 ** 22;

/** Longest string; character maps of tokenizers have less than a million characters. */
export const MAX_STRING = 2 ** 24;

/**
 * Finds the end of a string in JSON.
 *
 * @param text The JSON text.
 * @param start Index of the quote that opens the string.
 * @returns Index of the quote that closes it; the length of the text if none does.
 */
export function findClosingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

/** Returns whether an odd number of backslashes stands before a position. */
function isEscaped(text: string, position: number): boolean {
  let start = position;
  while (text[start - 1] === "\\") start--;
  return (position - start) % 2 === 1;
}

/**
 * Asserts that a text can be parsed with little memory: depth, number of values, length of strings.
 * The text need not be valid JSON.
 *
 * @returns The number of colons outside strings, one a key.
 */
function assertBounds(text: string, origin: string, maxValues: number): number {
  let depth = 0;
  let values = 0;
  let colons = 0;
  for (let i = 0; i < text.length; i++) {
    // Codes are three times as fast as strings of one character.
    switch (text.charCodeAt(i)) {
      case 34: { // "
        const end = findClosingQuote(text, i);
        if (end - i > MAX_STRING) {
          throw new RangeError(
            `${origin} has a string of ${end - i - 1} characters: wanted at most ${MAX_STRING}`,
          );
        }
        i = end;
        break;
      }
      case 58: // :
        colons++;
        break;
      case 44: // ,
        values++;
        break;
      case 91: // [
      case 123: // {
        values++;
        if (++depth > MAX_DEPTH) {
          throw new SyntaxError(
            `${origin} is nested too deeply: wanted at most ${MAX_DEPTH} levels`,
          );
        }
        break;
      case 93: // ]
      case 125: // }
        depth--;
    }
    if (values > maxValues) {
      throw new RangeError(`${origin} has too many values: wanted at most ${maxValues}`);
    }
  }
  return colons;
}

/** Returns whether a value has fewer keys in all its objects than its text has colons. */
function lacksKeys(value: unknown, colons: number): boolean {
  let missing = colons;
  const small: object[] = [];
  // Vocabularies and merges come last: mostly all keys are found before they are searched.
  const large: object[] = [];
  const add = (container: unknown) => {
    if (typeof container !== "object" || container === null) return;
    const isArray = Array.isArray(container);
    const { length } = isArray ? container : Object.keys(container);
    if (!isArray) missing -= length;
    (length > 1000 ? large : small).push(container);
  };
  add(value);
  while (missing > 0) {
    const next = small.pop() ?? large.pop();
    if (next === undefined) return true;
    if (Array.isArray(next)) next.forEach(add);
    // Object.values takes five times as long for a million keys.
    else if (isJsonObject(next)) { for (const key of Object.keys(next)) add(next[key]); }
  }
  return false;
}

/** Finds a key that an object of valid JSON has twice. */
function findDuplicate(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]+|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon) {
      // Escapes can spell one key in two ways.
      const key: string = JSON.parse(string);
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/**
 * Parses untrusted JSON. Duplicate keys are an error, where `JSON.parse` silently keeps the last one;
 * so are nesting deep enough to exhaust the stack of code that walks the value, and more values than
 * any file of a checkpoint has, which could exhaust memory.
 *
 * @param text The JSON text.
 * @param origin The name of the text, for error messages.
 * @param maxValues Most values, counted by brackets and commas; by default 4 million.
 * @returns The parsed value.
 * @throws {SyntaxError} If the text is not JSON, is nested more than 128 levels deep, or has a
 * duplicate key.
 * @throws {RangeError} If it has more values, or a string of more than 16 million characters.
 */
export function parseJson(text: string, origin: string, maxValues = MAX_VALUES): unknown {
  const colons = assertBounds(text, origin, maxValues);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine quotes the text.
    throw new SyntaxError(`${origin} is not valid JSON: ${showName((error as Error).message)}`);
  }
  if (lacksKeys(value, colons)) {
    throw new SyntaxError(
      `${origin} has the key ${showValue(findDuplicate(text))} twice in an object`,
    );
  }
  return value;
}

/**
 * Parses untrusted JSON that must be an object; see {@linkcode parseJson}.
 *
 * @param text The JSON text.
 * @param origin The name of the text, for error messages.
 * @param maxValues Most values, counted by brackets and commas; by default 4 million.
 * @returns The object. Its keys are untrusted: look them up with `Object.hasOwn`.
 * @throws {SyntaxError} If the text is not JSON or not an object, or has a duplicate key.
 */
export function parseJsonObject(
  text: string,
  origin: string,
  maxValues = MAX_VALUES,
): Record<string, unknown> {
  const value = parseJson(text, origin, maxValues);
  if (!isJsonObject(value)) {
    throw new SyntaxError(
      `${origin} must hold an object, got ${showValue(value)}`,
    );
  }
  return value;
}

/**
 * Returns whether a parsed JSON value is an object, neither an array nor null.
 *
 * @param value The parsed value.
 * @returns True for an object.
 */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
