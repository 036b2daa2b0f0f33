/**
 * Values and names from outside in messages: bounded in length and in work, and without control
 * characters, which a terminal would obey.
 *
 * @module
 */

/** Longest text of an untrusted value in a message. */
const MAX_VALUE = 80;

/** Longest name of a file or tensor in a message. */
const MAX_NAME = 200;

/** Longest list of names in a message. */
const MAX_LIST = 300;

/** Deepest level at which a value is shown. */
const MAX_DEPTH = 8;

/** Controls, line separators, marks that change the direction of text, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff\p{Surrogate}]/gu;

/**
 * Formats a value for an error message: as JSON, truncated; values that JSON lacks (NaN, infinities,
 * bigints, undefined) by their names.
 *
 * @param value Any value, such as one read from a file.
 * @returns The text.
 */
export function showValue(value: unknown): string {
  try {
    const isPlain = typeof value !== "object" && typeof value !== "string";
    return truncate(isPlain ? formatPrimitive(value) : formatValue(value, 0), MAX_VALUE);
  } catch {
    return "an object that cannot be shown";
  }
}

/**
 * Formats a value for an error message like {@linkcode showValue}, but strings without quotes.
 *
 * @param value Any value.
 * @returns The text.
 */
export function showUnquoted(value: unknown): string {
  return typeof value === "string" ? showName(value, MAX_VALUE) : showValue(value);
}

/**
 * Formats a name from outside, such as that of a tensor or a file, for an error message.
 *
 * @param name The name, or another text, such as the message of another error.
 * @param maximum Longest text that is not truncated.
 * @returns The name, truncated, with escapes in place of control characters.
 */
export function showName(name: string, maximum = MAX_NAME): string {
  return escape(truncate(name, maximum));
}

/**
 * Formats a list of names from outside for an error message.
 *
 * @param names The names.
 * @returns As many as fit into a few hundred characters, and the number of the others.
 */
export function showNames(names: readonly string[]): string {
  const shown: string[] = [];
  for (let length = 0; shown.length < names.length;) {
    const name = showName(names[shown.length]);
    length += name.length;
    if (shown.length > 0 && length > MAX_LIST) break;
    shown.push(name);
  }
  const others = names.length - shown.length;
  return shown.join(", ") + (others > 0 ? ` and ${others} more` : "");
}

/** Cuts a text, but not a pair of surrogates. */
function truncate(text: string, maximum: number): string {
  if (text.length <= maximum) return text;
  return text.slice(0, maximum).replace(/[\ud800-\udbff]$/, "") + "…";
}

function escape(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function formatPrimitive(value: unknown): string {
  // The source of a function or the description of a symbol may be long.
  return typeof value === "function" ? "a function" : showName(String(value), MAX_VALUE);
}

/** Formats as much of a value as a message can show. */
function formatValue(value: unknown, depth: number): string {
  if (typeof value === "string") return escape(JSON.stringify(value.slice(0, MAX_VALUE + 1)));
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value !== "object") return JSON.stringify(formatPrimitive(value));
  if (depth === MAX_DEPTH) return "…";
  return Array.isArray(value) || ArrayBuffer.isView(value)
    ? formatItems("[", listItems(value as ArrayLike<unknown> & object, depth), "]")
    : formatItems("{", listEntries(value, depth), "}");
}

/** Joins items until the message is full. */
function formatItems(open: string, items: Iterable<string>, close: string): string {
  let text = open;
  for (const item of items) {
    text += (text === open ? "" : ",") + item;
    if (text.length > MAX_VALUE) return text;
  }
  return text + close;
}

function* listItems(items: ArrayLike<unknown>, depth: number): Iterable<string> {
  for (let i = 0; i < items.length; i++) yield formatValue(items[i], depth + 1);
}

function* listEntries(entries: object, depth: number): Iterable<string> {
  for (const key in entries) {
    if (!Object.hasOwn(entries, key)) continue;
    const value = (entries as Record<string, unknown>)[key];
    if (value === undefined) continue;
    yield `${formatValue(key, depth)}:${formatValue(value, depth + 1)}`;
  }
}
