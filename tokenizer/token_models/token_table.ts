/** In place of an index: no token stands here. */
const FREE = -1;

/**
 * The ids of tokens: a hash table with open addressing, at most half full. Making a `Map` of a
 * million strings takes several times as long.
 */
export class TokenTable {
  readonly #tokens: readonly string[];
  readonly #ids: ArrayLike<number>;
  /** Indices of tokens. */
  readonly #places: Int32Array;
  readonly #mask: number;
  // Drawn, so that no file can be made whose tokens all collide.
  readonly #start = Math.floor(Math.random() * 2 ** 32);
  readonly #factor = Math.floor(Math.random() * 2 ** 31) * 2 + 1;
  #size = 0;

  /**
   * Makes the table.
   *
   * @param tokens The tokens; of equal ones the first counts.
   * @param ids The id of each token.
   */
  constructor(tokens: readonly string[], ids: ArrayLike<number>) {
    this.#tokens = tokens;
    this.#ids = ids;
    const bits = Math.ceil(Math.log2(2 * tokens.length + 2));
    this.#places = new Int32Array(2 ** bits).fill(FREE);
    this.#mask = 2 ** bits - 1;
    for (let index = 0; index < tokens.length; index++) {
      const place = this.#find(tokens[index]);
      if (this.#places[place] !== FREE) continue;
      this.#places[place] = index;
      this.#size++;
    }
  }

  /** The number of tokens, equal ones counted once. */
  get size(): number {
    return this.#size;
  }

  /**
   * Looks up a token.
   *
   * @param token The token.
   * @returns Its id; undefined if it is not in the table.
   */
  get(token: string): number | undefined {
    const index = this.#places[this.#find(token)];
    return index === FREE ? undefined : this.#ids[index];
  }

  /** Iterates over the tokens and their ids, in their order. */
  *[Symbol.iterator](): Generator<[token: string, id: number]> {
    for (let i = 0; i < this.#tokens.length; i++) yield [this.#tokens[i], this.#ids[i]];
  }

  /** Finds the place of a token, or the free one that it would have. */
  #find(token: string): number {
    const factor = this.#factor;
    let hash = this.#start;
    for (let i = 0; i < token.length; i++) {
      hash = Math.imul(hash ^ token.charCodeAt(i), factor);
      hash ^= hash >>> 15;
    }
    let place = hash & this.#mask;
    while (this.#places[place] !== FREE && this.#tokens[this.#places[place]] !== token) {
      place = (place + 1) & this.#mask;
    }
    return place;
  }
}
