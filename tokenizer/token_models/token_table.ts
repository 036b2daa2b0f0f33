/** Code units of texts, one after another. */
export interface Texts {
  /** The code units. */
  readonly units: Uint16Array;
  /** Where each text starts, and after them where the last one ends. */
  readonly starts: Int32Array;
}

/** Most arguments of one call. */
const PIECE = 4096;

/**
 * Puts strings into one array.
 *
 * @param strings The strings.
 * @returns Their code units.
 */
export function textsOf(strings: readonly string[]): Texts {
  const starts = new Int32Array(strings.length + 1);
  for (let i = 0; i < strings.length; i++) starts[i + 1] = starts[i] + strings[i].length;
  const units = new Uint16Array(starts[strings.length]);
  for (let i = 0; i < strings.length; i++) copyUnits(strings[i], units, starts[i]);
  return { units, starts };
}

/**
 * Makes a string of code units.
 *
 * @param units The code units.
 * @param start Index of the first.
 * @param end Index after the last.
 * @returns The string.
 */
export function textAt(units: Uint16Array, start: number, end: number): string {
  let text = "";
  for (; start < end; start += PIECE) {
    text += String.fromCharCode(...units.subarray(start, Math.min(end, start + PIECE)));
  }
  return text;
}

function copyUnits(text: string, units: Uint16Array, to: number): void {
  for (let i = 0; i < text.length; i++) units[to + i] = text.charCodeAt(i);
}

/**
 * The tokens of a vocabulary and their ids: a hash table with open addressing, at most half full,
 * over their code units. Making a million strings, or a `Map` of them, takes several times as long.
 */
export class TokenTable {
  readonly #units: Uint16Array;
  readonly #starts: Int32Array;
  readonly #ids: ArrayLike<number>;
  /** Four numbers a place, side by side in memory: see the constants below. */
  readonly #places: Int32Array;
  /** The index, from 1 on, of the first token with each id. */
  readonly #byId: Int32Array;
  /** The token that is looked up. */
  readonly #wanted: Uint16Array;
  readonly #mask: number;
  // Drawn, so that no file can be made whose tokens all collide.
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #factor = Math.floor(Math.random() * 2 ** 31) * 2 + 1;
  #size = 0;

  /**
   * Makes the table.
   *
   * @param tokens The tokens; of equal ones the first counts.
   * @param ids The id of each token.
   */
  constructor({ units, starts }: Texts, ids: ArrayLike<number>) {
    this.#units = units;
    this.#starts = starts;
    this.#ids = ids;
    const bits = Math.ceil(Math.log2(2 * ids.length + 2));
    this.#places = new Int32Array(PLACE * 2 ** bits);
    this.#mask = 2 ** bits - 1;
    let [longest, highest] = [0, -1];
    for (let i = 0; i < ids.length; i++) {
      const [start, end] = [starts[i], starts[i + 1]];
      longest = Math.max(longest, end - start);
      highest = Math.max(highest, ids[i]);
      const hash = this.#hash(units, start, end);
      const place = this.#find(hash, units, start, end);
      if (this.#places[place] !== 0) continue;
      this.#places[place] = ids[i] + 1;
      this.#places[place + HASH] = hash;
      this.#places[place + START] = start;
      this.#places[place + END] = end;
      this.#size++;
    }
    this.#wanted = new Uint16Array(longest);
    this.#byId = new Int32Array(highest + 1);
    for (let i = ids.length; i > 0; i--) this.#byId[ids[i - 1]] = i;
  }

  /** The number of tokens, equal ones counted once. */
  get size(): number {
    return this.#size;
  }

  /** The length of the longest token. */
  get longest(): number {
    return this.#wanted.length;
  }

  /**
   * Looks up a token.
   *
   * @param token The token.
   * @returns Its id; undefined if it is not in the table.
   */
  get(token: string): number | undefined {
    if (token.length > this.#wanted.length) return undefined;
    copyUnits(token, this.#wanted, 0);
    const id = this.idOf(this.#wanted, 0, token.length);
    return id < 0 ? undefined : id;
  }

  /**
   * Looks up a token by its code units.
   *
   * @param units An array with them.
   * @param start Index of the first.
   * @param end Index after the last.
   * @returns Its id; −1 if it is not in the table.
   */
  idOf(units: Uint16Array, start: number, end: number): number {
    return this.#places[this.#find(this.#hash(units, start, end), units, start, end)] - 1;
  }

  /**
   * Tells whether an id is that of a token; faster than looking the token up.
   *
   * @param id The id.
   * @param units An array with the token's code units.
   * @param start Index of the first.
   * @param end Index after the last.
   * @returns Whether it is, and no token before has it.
   */
  isToken(id: number, units: Uint16Array, start: number, end: number): boolean {
    const index = this.#byId[id]; // undefined for an id above all
    return index > 0 &&
      this.#equals(this.#starts[index - 1], this.#starts[index], units, start, end);
  }

  /**
   * Returns the token of an id.
   *
   * @param id The id.
   * @returns The first token that has it; undefined if none has.
   */
  tokenOf(id: number): string | undefined {
    const index = this.#byId[id];
    return index > 0 ? this.#token(index - 1) : undefined;
  }

  /** Iterates over the tokens and their ids, in their order. */
  [Symbol.iterator](): Iterator<[token: string, id: number]> {
    return this.longerThan(-1);
  }

  /**
   * Iterates over long tokens, in their order.
   *
   * @param length The length that they exceed.
   * @returns Tokens and ids.
   */
  *longerThan(length: number): Generator<[token: string, id: number]> {
    for (let i = 0; i < this.#ids.length; i++) {
      if (this.#starts[i + 1] - this.#starts[i] <= length) continue;
      yield [this.#token(i), this.#ids[i]];
    }
  }

  #token(index: number): string {
    return textAt(this.#units, this.#starts[index], this.#starts[index + 1]);
  }

  #hash(units: Uint16Array, start: number, end: number): number {
    let hash = this.#seed;
    for (let i = start; i < end; i++) {
      hash = Math.imul(hash ^ units[i], this.#factor);
      hash ^= hash >>> 15;
    }
    return hash | 0;
  }

  /** Finds the place of a token, or the free one that it would have. */
  #find(hash: number, units: Uint16Array, start: number, end: number): number {
    const places = this.#places;
    for (let place = hash & this.#mask;; place = (place + 1) & this.#mask) {
      const at = PLACE * place;
      if (places[at] === 0) return at;
      if (places[at + HASH] !== hash) continue;
      if (this.#equals(places[at + START], places[at + END], units, start, end)) return at;
    }
  }

  #equals(ownStart: number, ownEnd: number, units: Uint16Array, start: number, end: number) {
    if (ownEnd - ownStart !== end - start) return false;
    const own = this.#units;
    for (let i = start; i < end; i++) if (own[ownStart++] !== units[i]) return false;
    return true;
  }
}

/** The numbers of a place: its token's id and 1, or 0 if it is free; and these. */
const PLACE = 4;
const HASH = 1;
const START = 2;
const END = 3;
