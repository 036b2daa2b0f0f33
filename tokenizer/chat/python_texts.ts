/**
 * Methods and filters of texts that the engine has otherwise than Python.
 *
 * @module
 */

/** What Python takes for white space: not JavaScript's, which has U+FEFF and lacks U+0085. */
const SPACES =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" +
  "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** Where the filter `title` begins a word. */
const WORD_ENDS = new RegExp(`([-({\\[<${SPACES}]+)`);

/** The letters that a text loses at its ends; white space if there are none. */
type Letters = string | undefined;

type Convert = (text: string, letters: Letters) => string;

/** What Python makes of a text, by the name of the method. */
export const TEXT_METHODS: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ["strip", (text, letters) => strip(text, letters, true, true)],
  ["lstrip", (text, letters) => strip(text, letters, true, false)],
  ["rstrip", (text, letters) => strip(text, letters, false, true)],
  ["capitalize", capitalize],
  ["title", (text) => text.replace(/\p{Cased}+/gu, capitalize)],
]);

/** What Jinja makes of a text, by the name of the filter. */
export const TEXT_FILTERS: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ["trim", TEXT_METHODS.get("strip")!],
  ["capitalize", capitalize],
  ["title", (text) => text.split(WORD_ENDS).map(capitalize).join("")],
]);

/**
 * Counts the characters of a text; a surrogate pair is one.
 *
 * @param text The text.
 * @returns The number.
 */
export function lengthOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * Splits a text into its characters.
 *
 * @param text The text.
 * @returns A list of them; the text itself if it has no surrogate pairs.
 */
export function charactersOf(text: string): string | string[] {
  return lengthOf(text) === text.length ? text : [...text];
}

function strip(text: string, letters: Letters, left: boolean, right: boolean): string {
  const gone = new Set(letters ?? SPACES);
  let [start, end] = [0, text.length];
  while (left && start < end) {
    const first = String.fromCodePoint(text.codePointAt(start)!);
    if (!gone.has(first)) break;
    start += first.length;
  }
  while (right && start < end) {
    const last = [...text.slice(Math.max(start, end - 2), end)].at(-1)!;
    if (!gone.has(last)) break;
    end -= last.length;
  }
  return text.slice(start, end);
}

/** A large first letter, then small ones. */
function capitalize(text: string): string {
  if (text === "") return "";
  const first = String.fromCodePoint(text.codePointAt(0)!);
  // One letter may become two, of which the second is small: ß, Ss.
  const [large, ...small] = first.toUpperCase();
  return large + small.join("").toLowerCase() +
    text.toLowerCase().slice(first.toLowerCase().length);
}
