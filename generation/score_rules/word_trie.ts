/**
 * Words of one or several ids, found by the ids that a row ends with.
 *
 * @module
 */
import type { Scores } from "./logits_processor.ts";

/** What rows that end with the same ids have in common. */
interface Node {
  /** What is added to the score of each id that completes a word. */
  readonly biases: Map<number, number>;
  /** By the id before those that led here. */
  readonly before: Map<number, Node>;
}

/**
 * A bias for each id that would complete a word. The ids of a word before its last are the path to
 * its node, backwards, so that a step costs what the row can complete, however many words there are.
 */
export class WordTrie {
  readonly #root: Node = makeNode();

  /**
   * Makes the trie.
   *
   * @param words The ids of each word, and its bias; −∞ bans. Those of a word that is there twice
   * are added up.
   */
  constructor(words: Iterable<readonly [readonly number[], number]>) {
    for (const [word, bias] of words) {
      let node = this.#root;
      for (let i = word.length - 2; i >= 0; i--) {
        let next = node.before.get(word[i]);
        if (next === undefined) node.before.set(word[i], next = makeNode());
        node = next;
      }
      const last = word[word.length - 1];
      node.biases.set(last, (node.biases.get(last) ?? 0) + bias);
    }
  }

  /**
   * Changes the scores of the ids that complete a word.
   *
   * @param ids The row's ids.
   * @param scores Its scores, `[V]`; changed in place.
   */
  apply(ids: readonly number[], scores: Scores): void {
    let node: Node | undefined = this.#root;
    // As published, a word of several ids needs a row that is as long as it.
    for (let i = ids.length - 1; node && (i >= 0 || node === this.#root); i--) {
      for (const [id, bias] of node.biases) {
        scores[id] = bias === -Infinity ? bias : scores[id] + bias;
      }
      node = node.before.get(ids[i]);
    }
  }
}

function makeNode(): Node {
  return { biases: new Map(), before: new Map() };
}
