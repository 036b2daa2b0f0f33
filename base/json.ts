import { showValue } from "./show_value.ts";

/** Levels of arrays and objects within one another; serde_json stops there too. */
const DEEPEST = 128;

/** Index of the quote that closes the string opened at `start` of valid JSON. */
function closingQuote(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

/** That valid JSON is not too deep and has no key twice in one object, at any depth. */
function checkNesting(text: string, origin: string): void {
  const open: Set<string>[] = [];
  const afterSpace = /\S/g;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      if (open.push(new Set()) > DEEPEST) {
        throw new SyntaxError(`${origin} is nested too deeply: wanted at most ${DEEPEST} levels`);
      }
    } else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = closingQuote(text, at);
      afterSpace.lastIndex = end + 1;
      if (afterSpace.exec(text)?.[0] === ":") {
        // Parsed, so that two spellings of one name (escapes) count as the same.
        const key: string = JSON.parse(text.slice(at, end + 1));
        const keys = open[open.length - 1];
        if (keys.has(key)) {
          throw new SyntaxError(`${origin} has the key ${showValue(key)} twice in an object`);
        }
        keys.add(key);
      }
      at = end;
    }
  }
}

/**
 * Parses JSON that comes from outside. Unlike `JSON.parse`, which silently keeps the last of
 * two equal keys, it refuses them, and nesting that would exhaust the stack of who reads the value.
 *
 * @param text The JSON text.
 * @param origin What the text is, for error messages.
 * @returns The parsed value.
 * @throws {SyntaxError} If the text is no JSON, more than 128 levels deep, or an object in it has a
 * key twice.
 *
 * @example
 * ```ts
 * import { parseJson } from "@lsg/core/checkpoint";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseJson('{"a": 1}', "config.json"), { a: 1 });
 * assertThrows(() => parseJson('{"a": 1, "a": 2}', "config.json"), SyntaxError);
 * ```
 */
export function parseJson(text: string, origin: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${origin} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  checkNesting(text, origin);
  return value;
}

/**
 * Parses JSON that must be an object, as {@linkcode parseJson}.
 *
 * @param text The JSON text.
 * @param origin What the text is, for error messages.
 * @returns The object. Its keys come from outside: look them up with `Object.hasOwn`.
 * @throws {SyntaxError} If the text is no JSON, no object, or has a key twice.
 *
 * @example
 * ```ts
 * import { parseJsonObject } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => parseJsonObject("[1, 2]", "config.json"), SyntaxError, "an object");
 * ```
 */
export function parseJsonObject(text: string, origin: string): Record<string, unknown> {
  const value = parseJson(text, origin);
  if (!isJsonObject(value)) {
    throw new SyntaxError(
      `${origin} must hold an object, got ${showValue(value)}`,
    );
  }
  return value;
}

/**
 * Tells whether a parsed JSON value is an object, not an array and not null.
 *
 * @param value The parsed value.
 * @returns True for an object.
 *
 * @example
 * ```ts
 * import { isJsonObject } from "@lsg/core/checkpoint";
 * import { assert } from "@std/assert";
 *
 * assert(isJsonObject({}) && !isJsonObject([]) && !isJsonObject(null));
 * ```
 */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
