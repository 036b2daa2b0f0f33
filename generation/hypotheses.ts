/**
 * The best finished rows of a beam search.
 *
 * @module
 */

/** A finished row. */
export interface Hypothesis {
  /** Its ids, without the one that ended it. */
  readonly ids: readonly number[];
  /** The id that ended it; absent if it was cut off. */
  readonly end?: number;
  /** Sum of its scores, divided by a power of its length. */
  readonly score: number;
  /** Place of its keys and values in the cache, while they are kept. */
  place: number;
}

/**
 * The best hypotheses of a search.
 */
export class Hypotheses {
  /** The hypotheses, in the order in which they entered. */
  readonly list: Hypothesis[] = [];

  /** @param size Most hypotheses that are kept. */
  constructor(readonly size: number) {}

  /** Whether no more are kept. */
  get isFull(): boolean {
    return this.list.length === this.size;
  }

  /** The worst score; ∞ if there is none. */
  get worst(): number {
    return this.list.reduce((worst, { score }) => Math.min(worst, score), Infinity);
  }

  /**
   * Keeps a hypothesis if there is room or it is better than the worst, which leaves: of equal ones
   * the oldest.
   *
   * @param hypothesis The hypothesis.
   */
  add(hypothesis: Hypothesis): void {
    const { list, worst } = this;
    if (this.isFull) {
      if (!(hypothesis.score > worst)) return;
      list.splice(list.findIndex(({ score }) => score === worst), 1);
    }
    list.push(hypothesis);
  }
}
