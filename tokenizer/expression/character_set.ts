/** A part of a set: a range of code points, or a test. */
export type SetItem = readonly [first: number, last: number] | ((character: string) => boolean);

/** Code points beyond these (a fifth of Unicode has all letters and emoji) are not cached. */
const CACHED_PAGES = 512;

/** A set of characters, as a class or an escape of an expression describes it. */
export class CharacterSet {
  readonly #contains: (code: number) => boolean;
  // A page has 256 code points: 1 in the set, 0 not.
  readonly #pages: (Uint8Array | undefined)[] = [];

  /**
   * Creates a set.
   *
   * @param contains Tells whether it has a code point; called once for most.
   */
  constructor(contains: (code: number) => boolean) {
    this.#contains = contains;
  }

  /**
   * Tells whether the set has a code point.
   *
   * @param code The code point.
   * @returns True if it does.
   */
  has(code: number): boolean {
    const index = code >> 8;
    const page = this.#pages[index];
    if (page !== undefined) return page[code & 255] === 1;
    if (index >= CACHED_PAGES) return this.#contains(code);
    const filled = Uint8Array.from({ length: 256 }, (_, low) => {
      return this.#contains((index << 8) | low) ? 1 : 0;
    });
    this.#pages[index] = filled;
    return filled[code & 255] === 1;
  }
}

/**
 * Makes the membership test of a class.
 *
 * @param items The parts of the class.
 * @param caseless Whether a character also matches by one of its other cases.
 * @returns A test of a code point.
 */
export function testOf(items: readonly SetItem[], caseless: boolean): (code: number) => boolean {
  const ranges = items.filter((item) => typeof item !== "function");
  const tests = items.filter((item) => typeof item === "function");
  const contains = (code: number) => {
    if (ranges.some(([first, last]) => first <= code && code <= last)) return true;
    if (tests.length === 0) return false;
    const character = String.fromCodePoint(code);
    return tests.some((test) => test(character));
  };
  return caseless ? (code) => casesOf(code).some(contains) : contains;
}

/** A character in all its cases, as far as each is one character. */
function casesOf(code: number): number[] {
  // The dotless i has I as its upper case, and is no case of it.
  if (code === 0x131) return [code];
  // The capital sharp s has the small one as its lower case, which has SS as its upper case.
  if (code === 0xdf) return [code, 0x1e9e];
  const character = String.fromCodePoint(code);
  const upper = character.toUpperCase();
  return [character, character.toLowerCase(), upper, upper.toLowerCase()]
    .filter((text) => [...text].length === 1)
    .map((text) => text.codePointAt(0)!);
}

const byPattern = (pattern: string): (character: string) => boolean => {
  const expression = new RegExp(`^[${pattern}]`, "u");
  return (character) => expression.test(character);
};

const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** Classes in the words of POSIX, with Oniguruma's meaning in Unicode. */
const posix: ReadonlyMap<string, (character: string) => boolean> = new Map(
  Object.entries({
    alnum: "\\p{Alphabetic}\\p{Nd}",
    alpha: "\\p{Alphabetic}",
    ascii: "\\0-\\x7f",
    blank: "\\p{Zs}\\t",
    cntrl: "\\p{Cc}",
    digit: "\\p{Nd}",
    graph: "[^\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}",
    lower: "\\p{Lowercase}",
    print: "[^\\p{Cc}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}",
    punct: "\\p{P}\\p{S}",
    space: "\\p{White_Space}",
    upper: "\\p{Uppercase}",
    xdigit: "0-9A-Fa-f",
    word: WORD,
    any: "\\0-\\u{10ffff}",
    assigned: "\\P{Cn}",
  }).map(([name, pattern]) => [name, byPattern(pattern.replace(/^\[/, ""))]),
);

/**
 * Tells whether a character is a word character to `\w` and `\b`, which outside of classes have
 * some of Latin-1's numbers more.
 *
 * @param character The character.
 * @returns True if it is one.
 */
export const isWordCharacter: (character: string) => boolean = byPattern(
  `${WORD}\\xb2\\xb3\\xb9\\xbc-\\xbe`,
);

/**
 * Finds a class by its POSIX name.
 *
 * @param name The name, such as `punct`.
 * @returns Its test; undefined if there is no such class.
 */
export function posixClass(name: string): ((character: string) => boolean) | undefined {
  return posix.get(name);
}

/**
 * Finds a class by the name of a property of Unicode: a POSIX name, a general category, a binary
 * property or a script. Case, spaces, hyphens and underscores do not matter, as in Oniguruma.
 *
 * @param name The name, such as `Han` or `Lu`.
 * @returns Its test; undefined if there is no such property.
 */
export function propertyClass(name: string): ((character: string) => boolean) | undefined {
  const words = name.split(/[\s_-]+/).filter((word) => word !== "");
  const known = posix.get(words.join("").toLowerCase());
  // As a property, and only there, punctuation has no symbols.
  if (known !== undefined) return known === posix.get("punct") ? byPattern("\\p{P}") : known;
  const title = words.map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase()).join("_");
  for (const spelled of [name, title]) {
    // Nothing but letters, digits and _ gets into the expression.
    if (!/^\w+$/.test(spelled)) continue;
    for (const property of [`\\p{${spelled}}`, `\\p{Script=${spelled}}`]) {
      try {
        return byPattern(property);
      } catch {
        // Not a property of this kind.
      }
    }
  }
  return undefined;
}
