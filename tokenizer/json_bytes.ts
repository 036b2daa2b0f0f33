import { MAX_STRING } from "../base/json.ts";

const QUOTE = 34;
const ZERO = 48;
const BACKSLASH = 92;

/** Characters by the letter after a backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * A place in the bytes of JSON. Strings are read as code units into one array: making a million of
 * them takes several times as long.
 */
export class JsonBytes {
  /** Index of the next byte. */
  at = 0;
  /** Code units of the strings that were read, one after another. */
  units: Uint16Array = new Uint16Array(0);
  /** Number of them. */
  length = 0;
  readonly #bytes: Uint8Array;

  /**
   * Starts at the first byte.
   *
   * @param bytes The text in UTF-8, which may be malformed.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Starts an array for strings from here on: there is a byte for each code unit. */
  startStrings(): void {
    // Memory that is never written to takes no pages.
    this.units = new Uint16Array(this.#bytes.length - this.at);
    this.length = 0;
  }

  /** The most strings that there can be from here on, with a comma after each. */
  get mostStrings(): number {
    return Math.ceil((this.#bytes.length - this.at) / 3);
  }

  /**
   * Skips white space.
   *
   * @returns The byte after it; undefined at the end.
   */
  next(): number | undefined {
    for (;; this.at++) {
      const byte = this.#bytes[this.at];
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte;
    }
  }

  /**
   * Skips white space and a byte.
   *
   * @param byte The byte.
   * @returns Whether it is there; if not, only white space is skipped.
   */
  take(byte: number): boolean {
    const isThere = this.next() === byte;
    if (isThere) this.at++;
    return isThere;
  }

  /** Skips a string, from its opening quote on; if it does not end, all bytes. */
  skipString(): void {
    const bytes = this.#bytes;
    let at = this.at + 1;
    while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    this.at = Math.min(at + 1, bytes.length);
  }

  /**
   * Reads a string into `units`.
   *
   * @returns Whether one stands here, well-formed and not longer than `MAX_STRING`.
   */
  readString(): boolean {
    if (!this.take(QUOTE)) return false;
    const [bytes, units, start] = [this.#bytes, this.units, this.length];
    let [at, to] = [this.at, start];
    for (;; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte >= 32 && byte < 128 && byte !== BACKSLASH) {
        units[to++] = byte;
      } else if (byte === BACKSLASH) {
        const letter = String.fromCharCode(bytes[++at]);
        const digits = letter === "u" ? String.fromCharCode(...bytes.subarray(at + 1, at + 5)) : "";
        if (/^[\da-f]{4}$/i.test(digits)) {
          units[to++] = parseInt(digits, 16);
          at += 4;
        } else if (Object.hasOwn(ESCAPES, letter)) {
          units[to++] = ESCAPES[letter].charCodeAt(0);
        } else return false;
      } else {
        const code = codePointAt(bytes, at);
        if (code < 128) return false; // malformed, a control character, or the end
        at += code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        if (code >= 0x10000) units[to++] = 0xd7c0 + (code >> 10);
        units[to++] = code < 0x10000 ? code : 0xdc00 | (code & 0x3ff);
      }
    }
    this.at = at + 1;
    this.length = to;
    return to - start <= MAX_STRING;
  }

  /**
   * Removes the only space of a string that was read last.
   *
   * @param start Where the string starts in `units`.
   * @returns Where the space was; −1 if there is none, or another.
   */
  takeSpace(start: number): number {
    const { units } = this;
    let space = -1;
    for (let i = start; i < this.length; i++) {
      if (units[i] === 32) {
        if (space >= 0) return -1;
        space = i;
      } else if (space >= 0) units[i - 1] = units[i];
    }
    if (space >= 0) this.length--;
    return space;
  }

  /**
   * Reads digits.
   *
   * @param most The largest number wanted.
   * @returns The number; −1 if none stands here. What follows it may be another part of it.
   */
  readCount(most: number): number {
    this.next();
    const [bytes, start] = [this.#bytes, this.at];
    let [at, number] = [start, 0];
    while (bytes[at] >= ZERO && bytes[at] < ZERO + 10 && number <= most) {
      number = 10 * number + bytes[at++] - ZERO;
    }
    this.at = at;
    const isWhole = at === start + 1 || at > start && bytes[start] !== ZERO;
    return isWhole && number <= most ? number : -1;
  }
}

/** The code point of a character of several bytes; −1 if it is malformed. */
function codePointAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (!(first >= 0xc0 && first < 0xf8)) return -1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if ((byte & 0xc0) !== 0x80) return -1;
    code = code << 6 | byte & 0x3f;
  }
  const isShortest = code >= (length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000);
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  return isShortest && !isSurrogate && code <= 0x10ffff ? code : -1;
}
