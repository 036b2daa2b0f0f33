/**
 * Scores of starts and ends to answers.
 *
 * @module
 */
import { softmax } from "./softmax.ts";
import { largest } from "./top_k.ts";

/** A range of tokens with its probability as an answer. */
export interface AnswerSpan {
  /** Index of its first token. */
  readonly start: number;
  /** Index of its last token. */
  readonly end: number;
  /** Product of the probabilities that an answer starts and ends there. */
  readonly score: number;
}

/** Answers found in one window of a document. */
export interface WindowAnswers {
  /** Most probable spans, best first. */
  readonly spans: readonly AnswerSpan[];
  /** Probability that the window has no answer: that it starts and ends at token 0. */
  readonly nullScore: number;
}

/** Tokens of a window that answers can consist of. */
export interface AnswerTokens {
  /** Consecutive tokens of the document, where an answer may start and end. */
  readonly document: readonly number[];
  /** Tokens that stand for "no answer"; they share in the probability. */
  readonly none: readonly number[];
}

/**
 * Finds the most probable answers in a window.
 *
 * @param start Scores of starts, `[tokens]`.
 * @param end Scores of ends, `[tokens]`.
 * @param tokens Tokens that answers can consist of.
 * @param count Most answers to return.
 * @param maxLength Most tokens in an answer.
 * @returns The answers, and the probability that there is none.
 * @throws {RangeError} If a score is not finite.
 *
 * @example
 * ```ts
 * import { answerSpans } from "./answer_spans.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const start = new Float32Array([0, 9, 3, 3]);
 * const end = new Float32Array([0, 3, 3, 9]);
 * const tokens = { document: [1, 2, 3], none: [0] };
 * const [best] = answerSpans(start, end, tokens, 1, 15).spans;
 * assertEquals([best.start, best.end], [1, 3]);
 * ```
 */
export function answerSpans(
  start: Float32Array,
  end: Float32Array,
  { document, none }: AnswerTokens,
  count: number,
  maxLength: number,
): WindowAnswers {
  const tokens = [...none, ...document];
  const starts = softmax(Float32Array.from(tokens, (token) => start[token]));
  const ends = softmax(Float32Array.from(tokens, (token) => end[token]));
  const spans: AnswerSpan[] = [];
  document.forEach((first, i) => {
    document.slice(i, i + maxLength).forEach((last, length) => {
      const at = none.length + i;
      spans.push({ start: first, end: last, score: starts[at] * ends[at + length] });
    });
  });
  const at = tokens.indexOf(0);
  return {
    spans: largest(spans.map(({ score }) => score), count).map((i) => spans[i]),
    nullScore: at < 0 ? 0 : starts[at] * ends[at],
  };
}
