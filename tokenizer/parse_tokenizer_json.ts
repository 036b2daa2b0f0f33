import { findClosingQuote, MAX_STRING, MAX_VALUES, parseJsonObject } from "../base/json.ts";
import { TokenTable } from "./token_models/token_table.ts";
import { MAX_ID } from "./token_models/vocabulary.ts";

/** Longest slice that V8 copies; a longer one keeps the whole text in memory. */
const LONGEST_COPY = 12;

const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const COLON = 58;
const BACKSLASH = 92;
const CLOSING_BRACE = 125;

/**
 * Parses a tokenizer.json. Its vocabulary is read straight into a table: an object of a million
 * keys takes several times as long to make, check and read.
 *
 * @param text The JSON text.
 * @param origin The name of the text, for error messages.
 * @returns The content, as {@linkcode parseJsonObject} gives it, but for `model.vocab`: if that is an
 * object of ids, it is a {@linkcode TokenTable}, in the order of the text.
 * @throws {SyntaxError} If the text is not JSON or not an object, or has a duplicate key.
 * @throws {RangeError} If it has over 4 million values.
 */
export function parseTokenizerJson(text: string, origin: string): Record<string, unknown> {
  const start = findVocabulary(text);
  const found = start === undefined ? undefined : readIds(text, start);
  if (found === undefined) return parseJsonObject(text, origin);
  const { ids, end } = found;
  const rest = `${text.slice(0, start)}0${text.slice(end)}`;
  try {
    const content = parseJsonObject(rest, origin, MAX_VALUES - ids.size);
    (content.model as Record<string, unknown>).vocab = ids;
    return content;
  } catch {
    // The error for the whole text: it may state a position.
    return parseJsonObject(text, origin);
  }
}

/** Finds the opening brace of `vocab` in `model`; in a text that is not JSON it may be any brace. */
function findVocabulary(text: string): number | undefined {
  const model = /"model"\s*:\s*\{/y;
  const vocab = /"vocab"\s*:\s*\{/y;
  let depth = 0;
  let inModel = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        model.lastIndex = vocab.lastIndex = i;
        if (depth === 1 && model.test(text)) inModel = true;
        if (depth === 2 && inModel && vocab.test(text)) return vocab.lastIndex - 1;
        i = findClosingQuote(text, i);
        break;
      case 91: // [
      case 123: // {
        depth++;
        break;
      case 93: // ]
      case CLOSING_BRACE:
        depth--;
        inModel &&= depth > 1;
    }
  }
  return undefined;
}

/** Reads an object of ids; undefined if it is anything else, malformed or has a key twice. */
function readIds(text: string, start: number): { ids: TokenTable; end: number } | undefined {
  const tokens: string[] = [];
  const ids: number[] = [];
  let i = start;
  do {
    i = skipSpaces(text, i + 1);
    const end = findStringEnd(text, i);
    if (end === undefined) return undefined;
    const token = readString(text, i, end);
    if (token === undefined) return undefined;
    i = skipSpaces(text, end);
    if (text.charCodeAt(i) !== COLON) return undefined;
    const digits = skipSpaces(text, i + 1);
    let id = 0;
    for (i = digits; isDigit(text.charCodeAt(i)); i++) id = 10 * id + text.charCodeAt(i) - ZERO;
    // Other numbers, such as 1e3, are not followed by a comma here.
    const isWhole = i === digits + 1 || i > digits && text.charCodeAt(digits) !== ZERO;
    if (!isWhole || id > MAX_ID) return undefined;
    tokens.push(token);
    ids.push(id);
    i = skipSpaces(text, i);
  } while (text.charCodeAt(i) === COMMA);
  if (text.charCodeAt(i) !== CLOSING_BRACE) return undefined;
  const table = new TokenTable(tokens, ids);
  return table.size === tokens.length ? { ids: table, end: i + 1 } : undefined;
}

/** The index after JSON's white space. */
function skipSpaces(text: string, start: number): number {
  let i = start;
  for (;; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return i;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10;
}

/** The index after a string; undefined if none starts here, or it is malformed. */
function findStringEnd(text: string, start: number): number | undefined {
  if (text.charCodeAt(start) !== QUOTE) return undefined;
  for (let i = start + 1;; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
    // Control characters, and NaN beyond the text.
    else if (!(code >= 32)) return undefined;
  }
}

/** The content of a string; undefined if it is too long or an escape is malformed. */
function readString(text: string, start: number, end: number): string | undefined {
  if (end - start > MAX_STRING) return undefined;
  const content = text.slice(start + 1, end - 1);
  if (content.length <= LONGEST_COPY && !content.includes("\\")) return content;
  try {
    return JSON.parse(text.slice(start, end));
  } catch {
    return undefined;
  }
}
