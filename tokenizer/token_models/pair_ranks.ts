/** In place of an id: no pair stands here. */
const FREE = -1;

/**
 * The ranks of pairs of ids: a hash table with open addressing, at most half full. A `Map` allocates
 * each key beyond 2³¹, which takes several times as long.
 */
export class PairRanks {
  /** Left id, right id and rank of each place. */
  readonly #places: Int32Array;
  readonly #mask: number;
  readonly #shift: number;
  // Drawn, so that no file can be made whose pairs all collide.
  readonly #left = drawOdd();
  readonly #right = drawOdd();

  /**
   * Allocates a table.
   *
   * @param count Most pairs that it will have, at most 2²⁴.
   */
  constructor(count: number) {
    const bits = Math.ceil(Math.log2(2 * count + 2));
    this.#places = new Int32Array(3 * 2 ** bits).fill(FREE);
    this.#mask = 2 ** bits - 1;
    this.#shift = 32 - bits;
  }

  /**
   * Sets the rank of a pair.
   *
   * @param left The id of its first token, from 0.
   * @param right The id of its second token, from 0.
   * @param rank The rank.
   */
  set(left: number, right: number, rank: number): void {
    const place = this.#find(left, right);
    this.#places[place] = left;
    this.#places[place + 1] = right;
    this.#places[place + 2] = rank;
  }

  /**
   * Looks up the rank of a pair.
   *
   * @param left The id of its first token; −1 is that of no token.
   * @param right The id of its second token; −1 is that of no token.
   * @returns The rank; undefined if the pair has none.
   */
  get(left: number, right: number): number | undefined {
    const place = this.#find(left, right);
    return this.#places[place] === FREE ? undefined : this.#places[place + 2];
  }

  /** Finds the place of a pair, or the free one that it would have. */
  #find(left: number, right: number): number {
    const places = this.#places;
    // The high bits of products depend on all bits of their factors.
    let place = (Math.imul(left, this.#left) + Math.imul(right, this.#right)) >>> this.#shift;
    while (
      places[3 * place] !== FREE &&
      (places[3 * place] !== left || places[3 * place + 1] !== right)
    ) place = (place + 1) & this.#mask;
    return 3 * place;
  }
}

function drawOdd(): number {
  return Math.floor(Math.random() * 2 ** 31) * 2 + 1;
}
