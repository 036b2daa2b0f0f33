import { JsonPart } from "./json_part.ts";
import { checkId } from "./token_models/vocabulary.ts";

/** A token that is searched for in the text itself, before the model tokenizes the rest. */
export interface AddedToken {
  /** Its id in the vocabulary. */
  id: number;
  /** The text to find. */
  content: string;
  /** Matches only if no word character is next to it. */
  single_word: boolean;
  /** Includes white space before it. */
  lstrip: boolean;
  /** Includes white space after it. */
  rstrip: boolean;
  /** Searched for after the others, in the normalized text. */
  normalized: boolean;
  /** Omitted by `skip_special_tokens`. */
  special: boolean;
}

/** A part of a text: an added token, or the text between two. */
export interface TextPart {
  /** Index of the first code unit. */
  start: number;
  /** Index after the last code unit. */
  end: number;
  /** The added token; absent for other text. */
  token?: AddedToken;
}

/**
 * Makes a function that splits a text at added tokens. If several start at one index, the longest
 * wins.
 *
 * @param tokens The added tokens.
 * @returns A function from a text to its parts, in order, none of them empty.
 */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: string) => TextPart[] {
  // Of several tokens with one content, as normalized ones may have, the first is found.
  const byContent = new Map(tokens.toReversed().map((token) => [token.content, token]));
  // An alternation takes its first match: longest contents first.
  const contents = [...byContent.keys()].filter((content) => content !== "")
    .sort((a, b) => b.length - a.length);
  if (contents.length === 0) return (text) => text === "" ? [] : [{ start: 0, end: text.length }];
  const pattern = new RegExp(
    contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"),
    "gu",
  );

  return (text) => {
    const parts: TextPart[] = [];
    let done = 0;
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0])!;
      let start = match.index;
      let end = start + match[0].length;
      if (token.single_word && touchesWord(text, start, end)) continue;
      if (token.lstrip) {
        while (start > done && isWhiteSpace(text[start - 1])) start--;
        start = Math.max(start, done);
      }
      if (token.rstrip) { while (end < text.length && isWhiteSpace(text[end])) end++; }
      // White space that the token before took.
      if (start >= end) continue;
      if (done < start) parts.push({ start: done, end: start });
      parts.push({ start, end, token });
      done = end;
    }
    if (done < text.length) parts.push({ start: done, end: text.length });
    return parts;
  };
}

/** Unicode's white space; JavaScript's `\s` and `trim()` include U+FEFF and lack U+0085. */
function isWhiteSpace(unit: string): boolean {
  return /\p{White_Space}/u.test(unit);
}

const wordCharacter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Whether a word character is right before `start` or right after `end`. */
function touchesWord(text: string, start: number, end: number): boolean {
  // Without `$`: V8 15 fails to match a surrogate pair by a class before it.
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? "";
  return wordCharacter.test(before) || wordCharacter.test(text.slice(end, end + 2));
}

/** A token that has no id yet. */
export interface NewToken extends Omit<AddedToken, "id" | "normalized"> {
  /** Absent: the contrary of `special`. */
  normalized?: boolean;
}

/**
 * Reads the added tokens of a tokenizer.json.
 *
 * @param value The value of `added_tokens`.
 * @param name The file's name in messages.
 * @returns The tokens.
 * @throws {TypeError} If a token is malformed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readAddedTokens(value: unknown, name: string): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot read ${name}: added_tokens is not an array`);
  }
  return value.map((token: unknown): AddedToken => {
    const part = new JsonPart(token, `added_tokens of ${name}`);
    const flags = readNewToken(part);
    const id = part.get("id");
    checkId(id, flags.content, part.name);
    return { id, ...flags, normalized: flags.normalized ?? !flags.special };
  });
}

/**
 * Reads a token without its id: `{"content": "<mask>", "lstrip": true, …}`.
 *
 * @param part The token.
 * @returns The token.
 * @throws {TypeError} If it is malformed.
 */
export function readNewToken(part: JsonPart): NewToken {
  return {
    content: part.string("content"),
    special: part.boolean("special", false),
    single_word: part.boolean("single_word", false),
    lstrip: part.boolean("lstrip", false),
    rstrip: part.boolean("rstrip", false),
    ...(part.get("normalized") !== undefined && { normalized: part.boolean("normalized", false) }),
  };
}
