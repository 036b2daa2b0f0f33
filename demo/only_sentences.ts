/**
 * Generation that can only write sentences of a text.
 *
 * @module
 */

/** The scores of the next id of each row, as `generate()` passes them to a `logits_processor`. */
export interface NextScores {
  /** `[rows, V]`. */
  readonly data: Float32Array;
  /** Number of rows, V. */
  readonly dims: readonly number[];
}

/** A row's place: what is written, and what the open sentence may become. */
interface Place {
  /** Indices of complete sentences, as they were written. */
  readonly done: readonly number[];
  /** Ids of the open sentence that are written. */
  readonly at: number;
  /** Indices of sentences that it may become. */
  readonly open: readonly number[];
}

/** Sentences of a text, of which `count` are written, each at most once, in any order. */
export class OnlySentences {
  readonly #sentences: readonly (readonly number[])[];
  readonly #count: number;
  readonly #end: number;

  /**
   * Prepares a choice of sentences.
   *
   * @param sentences Ids of each sentence that may be written.
   * @param count Number of sentences to write.
   * @param end The id that ends a row.
   * @throws {RangeError} If there are fewer sentences than `count`, or an empty one.
   */
  constructor(sentences: readonly (readonly number[])[], count: number, end: number) {
    if (sentences.length < count || sentences.some(({ length }) => length === 0)) {
      throw new RangeError(
        `Cannot write ${count} sentences of ${sentences.length}: wanted as many or more, none ` +
          "empty",
      );
    }
    this.#sentences = sentences;
    this.#count = count;
    this.#end = end;
  }

  /**
   * A `logits_processor`. With `renormalize_logits` the probability of a row is the product of the
   * model's choices where sentences differ; the rest of each sentence costs nothing.
   *
   * @param input_ids Ids of each row so far; the first is not part of a sentence.
   * @param logits Their scores, changed in place.
   */
  readonly processor = (input_ids: bigint[][], { data, dims: [, width] }: NextScores): void => {
    input_ids.forEach((ids, row) => {
      const { done, at, open } = this.#follow(ids);
      const isComplete = done.length === this.#count;
      const allowed = isComplete ? [this.#end] : open.map((i) => this.#sentences[i][at]);
      const scores = data.subarray(row * width, (row + 1) * width);
      const kept = allowed.map((id) => [id, scores[id]] as const);
      scores.fill(-Infinity);
      for (const [id, score] of kept) scores[id] = score;
    });
  };

  /**
   * Finds the sentences of a row.
   *
   * @param ids Ids that {@linkcode OnlySentences.processor} allowed.
   * @returns Indices of its complete sentences, as they were written.
   */
  written(ids: readonly (number | bigint)[]): readonly number[] {
    return this.#follow(ids).done;
  }

  #follow(ids: readonly (number | bigint)[]): Place {
    let place = this.#startAt([]);
    for (const id of ids.slice(1)) {
      const { done, at, open } = place;
      if (done.length === this.#count) break;
      const left = open.filter((i) => this.#sentences[i][at] === Number(id));
      // Of two sentences, one of which begins with the other, the shorter is written.
      const complete = left.find((i) => this.#sentences[i].length === at + 1);
      place = complete === undefined
        ? { done, at: at + 1, open: left }
        : this.#startAt([...done, complete]);
    }
    return place;
  }

  /** Opens a sentence that is not written yet. */
  #startAt(done: readonly number[]): Place {
    const open = [...this.#sentences.keys()].filter((i) => !done.includes(i));
    return { done, at: 0, open };
  }
}
