/**
 * Naive Bayes over tokens: what counting them says, without their order.
 *
 * @module
 */
import type { Passage } from "./passages.ts";

/** A multinomial naive Bayes classifier with add-one smoothing and equal priors. */
export class NaiveBayes {
  readonly #logs: readonly Float64Array[];

  /**
   * Counts the tokens of each author.
   *
   * @param passages Passages with their authors.
   * @param authors Number of authors.
   * @param vocabulary Number of token ids.
   */
  constructor(passages: readonly Passage[], authors: number, vocabulary: number) {
    this.#logs = Array.from({ length: authors }, (_, author) => {
      const counts = new Float64Array(vocabulary).fill(1);
      let total = vocabulary;
      for (const { author: own, ids } of passages) {
        if (own !== author) continue;
        ids.forEach((id) => counts[id]++);
        total += ids.length;
      }
      return counts.map((count) => Math.log(count / total));
    });
  }

  /**
   * Scores a text.
   *
   * @param ids Its token ids.
   * @returns `log p(text | author)` for each author.
   */
  score(ids: Iterable<number>): number[] {
    const scores = this.#logs.map(() => 0);
    for (const id of ids) this.#logs.forEach((logs, author) => scores[author] += logs[id]);
    return scores;
  }
}
