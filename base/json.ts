import { showValue } from "./show_value.ts";

/** Deepest nesting of arrays and objects; serde_json has the same limit. */
const MAX_DEPTH = 128;

/** Finds the quote that closes the string opened at `start` of valid JSON. */
function findClosingQuote(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

/** Asserts that valid JSON is not too deep and has no duplicate key in any object. */
function assertNesting(text: string, origin: string): void {
  const open: Set<string>[] = [];
  const afterSpace = /\S/g;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "{" || character === "[") {
      if (open.push(new Set()) > MAX_DEPTH) {
        throw new SyntaxError(`${origin} is nested too deeply: wanted at most ${MAX_DEPTH} levels`);
      }
    } else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = findClosingQuote(text, i);
      afterSpace.lastIndex = end + 1;
      if (afterSpace.exec(text)?.[0] === ":") {
        // Parsed, because escapes can spell one key in two ways.
        const key: string = JSON.parse(text.slice(i, end + 1));
        const keys = open[open.length - 1];
        if (keys.has(key)) {
          throw new SyntaxError(`${origin} has the key ${showValue(key)} twice in an object`);
        }
        keys.add(key);
      }
      i = end;
    }
  }
}

/**
 * Parses untrusted JSON. Duplicate keys are an error, where `JSON.parse` silently keeps the last one;
 * so is nesting deep enough to exhaust the stack of code that walks the value.
 *
 * @param text The JSON text.
 * @param origin The name of the text, for error messages.
 * @returns The parsed value.
 * @throws {SyntaxError} If the text is not JSON, is nested more than 128 levels deep, or has a
 * duplicate key.
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
  assertNesting(text, origin);
  return value;
}

/**
 * Parses untrusted JSON that must be an object; see {@linkcode parseJson}.
 *
 * @param text The JSON text.
 * @param origin The name of the text, for error messages.
 * @returns The object. Its keys are untrusted: look them up with `Object.hasOwn`.
 * @throws {SyntaxError} If the text is not JSON or not an object, or has a duplicate key.
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
 * Returns whether a parsed JSON value is an object, neither an array nor null.
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
