/**
 * Rules about words of one or several ids: they act when a row ends with all ids but the last.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/** Returns whether a row ends with all ids of a word but its last. */
function isAboutTo(row: readonly number[], word: readonly number[]): boolean {
  if (word.length > 1 && word.length > row.length) return false;
  const start = row.length - (word.length - 1);
  return word.slice(0, -1).every((id, i) => row[start + i] === id);
}

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
  /**
   * Makes the rule.
   *
   * @param sequence_bias Words and what is added.
   */
  constructor(readonly sequence_bias: readonly (readonly [readonly number[], number])[]) {
    super();
  }

  /** Changes the scores; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    for (const [word, bias] of this.sequence_bias) {
      if (isAboutTo(ids, word)) scores[word[word.length - 1]] += bias;
    }
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
  readonly #words: readonly (readonly number[])[];

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
    const ends = [eos_token_id].flat();
    this.#words = bad_words_ids.filter((word) => word.length > 1 || !ends.includes(word[0]));
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    for (const word of this.#words) {
      if (isAboutTo(ids, word)) scores[word[word.length - 1]] = -Infinity;
    }
  }
}
