/**
 * Rules about words of one or several ids: they act when a row ends with all ids but the last.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";
import { WordTrie } from "./word_trie.ts";

/**
 * Adds a bias to the id that would complete a word.
 *
 * @example
 * ```ts
 * import { SequenceBiasLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(4);
 * new SequenceBiasLogitsProcessor([[[3], 1], [[0, 2], -5]]).apply([1, 0], scores);
 * assertEquals([...scores], [0, 0, -5, 1]);
 * ```
 */
export class SequenceBiasLogitsProcessor extends LogitsProcessor {
  readonly #words: WordTrie;

  /**
   * Makes the rule.
   *
   * @param sequence_bias Words and what is added.
   */
  constructor(readonly sequence_bias: readonly (readonly [readonly number[], number])[]) {
    super();
    this.#words = new WordTrie(sequence_bias);
  }

  /** Changes the scores; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    this.#words.apply(ids, scores);
  }
}

/**
 * Bans the id that would complete a word. A word that is one id which ends a row is left out.
 *
 * @example
 * ```ts
 * import { NoBadWordsLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(4);
 * new NoBadWordsLogitsProcessor([[3], [0, 2], [1]], 1).apply([1, 0], scores);
 * assertEquals([...scores], [0, 0, -Infinity, -Infinity]);
 * ```
 */
export class NoBadWordsLogitsProcessor extends LogitsProcessor {
  readonly #words: WordTrie;

  /**
   * Makes the rule.
   *
   * @param bad_words_ids The ids of each word.
   * @param eos_token_id The ids that end a row.
   */
  constructor(
    bad_words_ids: readonly (readonly number[])[],
    eos_token_id: number | readonly number[] = [],
  ) {
    super(true);
    const ends = new Set([eos_token_id].flat());
    const words = bad_words_ids.filter((word) => word.length > 1 || !ends.has(word[0]));
    this.#words = new WordTrie(words.map((word) => [word, -Infinity]));
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    this.#words.apply(ids, scores);
  }
}
