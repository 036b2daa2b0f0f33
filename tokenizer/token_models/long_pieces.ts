/** Longest piece that is looked up as a slice of the text; few vocabularies have longer ones. */
export const LONGEST_SLICE = 32;

/** Most letters of longer pieces: each takes some 100 bytes. */
const MAX_LETTERS = 2 ** 20;

/**
 * Finds the pieces of a vocabulary that are longer than {@linkcode LONGEST_SLICE} in one pass over
 * a text: the automaton of Aho and Corasick. Slices of all lengths would take the square of it.
 */
export class LongPieces {
  /** The node for the letters of a node and one more, by `node * 2¹⁶ + letter`. */
  readonly #next = new Map<number, number>();
  /** For each node, the node of the longest other piece's start that ends its letters. */
  readonly #suffix: number[] = [0];
  /** For each node, the nearest such node that is a whole piece; 0 for none. */
  readonly #ending: number[] = [0];
  readonly #length: number[] = [0];
  /** For each node that is a whole piece, its id; -1 for others. */
  readonly #id: number[] = [-1];

  /**
   * Creates the automaton.
   *
   * @param pieces The pieces of the vocabulary with their ids; short ones are skipped.
   * @throws {RangeError} If the long ones have too many letters.
   */
  constructor(pieces: Iterable<readonly [piece: string, id: number]>) {
    const parents = [0];
    const letters = [0];
    for (const [piece, id] of pieces) {
      if (piece.length <= LONGEST_SLICE) continue;
      let node = 0;
      for (let i = 0; i < piece.length; i++) {
        const key = node * 65536 + piece.charCodeAt(i);
        let child = this.#next.get(key);
        if (child === undefined) {
          child = parents.push(node) - 1;
          if (child > MAX_LETTERS) {
            throw new RangeError(
              `Cannot read a vocabulary: its pieces of more than ${LONGEST_SLICE} letters have ` +
                `more than ${MAX_LETTERS} together`,
            );
          }
          this.#next.set(key, child);
          letters.push(piece.charCodeAt(i));
          this.#length.push(i + 1);
          this.#id.push(-1);
        }
        node = child;
      }
      this.#id[node] = id;
    }
    const byLength = Array.from(parents.keys()).slice(1)
      .sort((a, b) => this.#length[a] - this.#length[b]);
    for (const node of byLength) {
      const parent = parents[node];
      const suffix = parent === 0 ? 0 : this.#step(this.#suffix[parent], letters[node]);
      this.#suffix[node] = suffix;
      this.#ending[node] = this.#id[suffix] >= 0 ? suffix : this.#ending[suffix];
    }
  }

  /** Whether there are no long pieces. */
  get isEmpty(): boolean {
    return this.#next.size === 0;
  }

  #step(node: number, letter: number): number {
    for (;;) {
      const next = this.#next.get(node * 65536 + letter);
      if (next !== undefined) return next;
      if (node === 0) return 0;
      node = this.#suffix[node];
    }
  }

  /**
   * Starts a pass over a text.
   *
   * @param text The text.
   * @returns A function that calls another with the length and the id of each piece that ends at an
   * index, the longest first; it is to be called for the indices 1, 2, 3 and so on.
   */
  scan(text: string): (end: number, found: (length: number, id: number) => void) => void {
    let node = 0;
    return (end, found) => {
      node = this.#step(node, text.charCodeAt(end - 1));
      let piece = this.#id[node] >= 0 ? node : this.#ending[node];
      for (; piece !== 0; piece = this.#ending[piece]) found(this.#length[piece], this.#id[piece]);
    };
  }
}
