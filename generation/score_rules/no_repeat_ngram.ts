/**
 * Rules that ban ids which would repeat a sequence of ids (an n-gram).
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/** Bans the ids that follow, in a text, each occurrence of the last `size − 1` ids of a row. */
function banRepeated(
  scores: Scores,
  row: readonly number[],
  text: ArrayLike<number>,
  size: number,
): void {
  const start = row.length - (size - 1);
  if (start < 0) return;
  for (let end = size - 1; end < text.length; end++) {
    let same = 0;
    while (same < size - 1 && text[end - size + 1 + same] === row[start + same]) same++;
    if (same === size - 1) scores[text[end]] = -Infinity;
  }
}

/**
 * Bans ids that would repeat an n-gram of the row.
 *
 * @example
 * ```ts
 * import { NoRepeatNGramLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * new NoRepeatNGramLogitsProcessor(2).apply([0, 1, 2, 0], scores);
 * assertEquals([...scores], [0, -Infinity, 0]);
 * ```
 */
export class NoRepeatNGramLogitsProcessor extends LogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param no_repeat_ngram_size Ids in an n-gram.
   */
  constructor(readonly no_repeat_ngram_size: number) {
    super(true);
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    banRepeated(scores, ids, ids, this.no_repeat_ngram_size);
  }
}

/**
 * Bans ids that would repeat an n-gram of the encoder's input.
 *
 * @example
 * ```ts
 * import { EncoderNoRepeatNGramLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * new EncoderNoRepeatNGramLogitsProcessor(2, [0, 2]).apply([1, 0], scores);
 * assertEquals([...scores], [0, 0, -Infinity]);
 * ```
 */
export class EncoderNoRepeatNGramLogitsProcessor extends LogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param encoder_ngram_size Ids in an n-gram.
   * @param encoder_input_ids The input's ids, without padding.
   */
  constructor(
    readonly encoder_ngram_size: number,
    readonly encoder_input_ids: ArrayLike<number>,
  ) {
    super(true);
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    banRepeated(scores, ids, this.encoder_input_ids, this.encoder_ngram_size);
  }
}
