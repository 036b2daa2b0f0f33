import { JsonPart } from "./json_part.ts";
import { checkId } from "./token_models/vocabulary.ts";

/** A token that is found in the text as it stands, before the model sees the rest. */
export interface AddedToken {
  /** Its number in the vocabulary. */
  id: number;
  /** What the text must contain. */
  content: string;
  /** Found only where no word character touches it. */
  single_word: boolean;
  /** Swallows white space before it. */
  lstrip: boolean;
  /** Swallows white space after it. */
  rstrip: boolean;
  /** Looked for after the others, in what the normaliser leaves. */
  normalized: boolean;
  /** Left out by `skip_special_tokens`. */
  special: boolean;
}

/** A part of a text: an added token, or what lies between two. */
export interface TextPart {
  /** The first code unit. */
  start: number;
  /** The code unit after the last. */
  end: number;
  /** The token that was found there, if one was. */
  token?: AddedToken;
}

/**
 * Makes the function that cuts a text at added tokens; the longest wins where several start.
 *
 * @param tokens The tokens to look for.
 * @returns A function from a text to its parts, in order, none of them empty.
 */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: string) => TextPart[] {
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  // An alternation takes its first match, so the longest contents stand first.
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
      if (token.lstrip) { while (start > done && isWhiteSpace(text[start - 1])) start--; }
      if (token.rstrip) { while (end < text.length && isWhiteSpace(text[end])) end++; }
      if (done < start) parts.push({ start: done, end: start });
      parts.push({ start, end, token });
      done = end;
    }
    if (done < text.length) parts.push({ start: done, end: text.length });
    return parts;
  };
}

/** White space by Unicode. JavaScript's `\s` and `trim()` differ: U+FEFF is in them, U+0085 not. */
function isWhiteSpace(unit: string): boolean {
  return /\p{White_Space}/u.test(unit);
}

const wordCharacter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Whether a word character stands right before `start` or right after `end`. */
function touchesWord(text: string, start: number, end: number): boolean {
  // Not with `$`: V8 15 misses a surrogate pair in a class before it.
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? "";
  return wordCharacter.test(before) || wordCharacter.test(text.slice(end, end + 2));
}

/**
 * Reads the added tokens of a tokenizer.json.
 *
 * @param value The value of `added_tokens`.
 * @param name The file, for messages.
 * @returns The tokens.
 * @throws {TypeError} If one is not well formed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readAddedTokens(value: unknown, name: string): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot read ${name}: added_tokens is not an array`);
  }
  return value.map((token: unknown): AddedToken => {
    const part = new JsonPart(token, `added_tokens of ${name}`);
    const content = part.string("content");
    const id = part.get("id");
    checkId(id, content, part.name);
    const special = part.boolean("special", false);
    return {
      id,
      content,
      special,
      single_word: part.boolean("single_word", false),
      lstrip: part.boolean("lstrip", false),
      rstrip: part.boolean("rstrip", false),
      normalized: part.boolean("normalized", !special),
    };
  });
}
