/**
 * Counting the tokens of an item, without reading much more of it than the model would.
 *
 * @module
 */
import type { HostedMethod, MethodOptions } from "./hosted_method.ts";

/** Characters that are read at first for each token that the model takes; texts have about four. */
const CHARACTERS = 16;

/** Fewest characters that are read at first. */
const FEWEST = 2 ** 13;

/** Factor by which more is read if that did not decide. */
const GROWTH = 4;

/** Reading stops at so many times the tokens that the model takes. */
export const MORE = 2;

/** What was counted. */
export interface Measured {
  /** Tokens of the item, or of the start that was read. */
  readonly tokens: number;
  /** Whether the item has more than {@linkcode MORE} times the most tokens; how many is not known. */
  readonly isMore: boolean;
  /** What is enough of the item if it is cut at its end. */
  readonly start: unknown;
}

/**
 * Counts the tokens of an item.
 *
 * A text of megabytes is read from its start, up to white space, until it has twice as many tokens as
 * the model takes. What follows a text changes at most how its last word is split, so the whole has
 * more than the most, and its first tokens are those of the start. (Tokenizers without words, whose
 * merges could depend on what follows, do so over a few tokens; half of those that were counted are
 * not used.) A text that gives few tokens, as one of white space, is read whole.
 *
 * @param method Counts.
 * @param item A text, or an object of texts.
 * @param options Options of the call.
 * @param most Most tokens that the model takes.
 * @returns Tokens, and the start of the item.
 * @throws {TypeError | RangeError} If the item is malformed.
 */
export function measureItem(
  method: Pick<HostedMethod, "count">,
  item: unknown,
  options: MethodOptions,
  most: number,
): Measured {
  const longest = longestText(item);
  for (let length = Math.max(FEWEST, CHARACTERS * most); length < longest; length *= GROWTH) {
    let cuts = 0;
    const start = mapTexts(item, (text) => {
      const cut = startOf(text, length);
      if (cut !== text) cuts++;
      return cut;
    });
    const tokens = method.count(start, options);
    // The longer one of two texts is cut first, and which one that is the starts do not tell.
    if (tokens > MORE * most) return { tokens, isMore: true, start: cuts === 1 ? start : item };
  }
  return { tokens: method.count(item, options), isMore: false, start: item };
}

/** The start of a text: at most `length` code units, up to white space if there is some. */
function startOf(text: string, length: number): string {
  if (text.length <= length) return text;
  for (let end = length; end > length / 2; end--) {
    if (/\s/.test(text[end]) && /\S/.test(text[end - 1])) return text.slice(0, end);
  }
  // Not between the halves of a character.
  return text.slice(0, /[\udc00-\udfff]/.test(text[length]) ? length - 1 : length);
}

function longestText(item: unknown): number {
  let longest = 0;
  mapTexts(item, (text) => {
    longest = Math.max(longest, text.length);
    return text;
  });
  return longest;
}

/** The item with its texts changed. */
function mapTexts(item: unknown, change: (text: string) => string): unknown {
  if (typeof item === "string") return change(item);
  if (Array.isArray(item)) return item.map((part) => mapTexts(part, change));
  if (typeof item !== "object" || item === null) return item;
  return Object.fromEntries(
    Object.entries(item).map(([name, part]) => [name, mapTexts(part, change)]),
  );
}
