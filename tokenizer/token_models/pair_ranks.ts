/**
 * The ranks of pairs of ids: a hash table with open addressing, at most half full. A `Map` allocates
 * each key beyond 2³¹, which takes several times as long.
 */
export class PairRanks {
  /** Ranks, from 1 on; 0 where no pair stands. */
  readonly #places: Int32Array;
  /** The ids of each rank's pair. */
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #mask: number;
  readonly #shift: number;
  // Drawn, so that no file can be made whose pairs all collide.
  readonly #left = drawOdd();
  readonly #right = drawOdd();

  /**
   * Allocates a table.
   *
   * @param count The number of ranks, at most 2²⁴.
   */
  constructor(count: number) {
    const bits = Math.ceil(Math.log2(2 * count + 2));
    this.#places = new Int32Array(2 ** bits);
    this.#lefts = new Int32Array(count);
    this.#rights = new Int32Array(count);
    this.#mask = 2 ** bits - 1;
    this.#shift = 32 - bits;
  }

  /**
   * Sets the pair of a rank; if the pair has a rank already, this one counts.
   *
   * @param left The id of its first token.
   * @param right The id of its second token.
   * @param rank The rank, which has no pair yet.
   */
  set(left: number, right: number, rank: number): void {
    this.#lefts[rank] = left;
    this.#rights[rank] = right;
    this.#places[this.#find(left, right)] = rank + 1;
  }

  /**
   * Looks up the rank of a pair.
   *
   * @param left The id of its first token; −1 is that of no token.
   * @param right The id of its second token; −1 is that of no token.
   * @returns The rank; undefined if the pair has none.
   */
  get(left: number, right: number): number | undefined {
    const rank = this.#places[this.#find(left, right)];
    return rank === 0 ? undefined : rank - 1;
  }

  /** Finds the place of a pair, or the free one that it would have. */
  #find(left: number, right: number): number {
    // The high bits of products depend on all bits of their factors.
    let place = (Math.imul(left, this.#left) + Math.imul(right, this.#right)) >>> this.#shift;
    for (;; place = (place + 1) & this.#mask) {
      const rank = this.#places[place] - 1;
      if (rank < 0 || this.#lefts[rank] === left && this.#rights[rank] === right) return place;
    }
  }
}

function drawOdd(): number {
  return Math.floor(Math.random() * 2 ** 31) * 2 + 1;
}
