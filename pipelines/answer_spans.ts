/**
 * Scores of starts and ends to answers.
 *
 * @module
 */
import { softmax } from "../tensor/softmax.ts";

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
  /** All spans that are short enough, in the order of their first, then of their last token. */
  readonly spans: Iterable<AnswerSpan>;
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
 * Scores the answers in a window.
 *
 * @param start Scores of starts, `[tokens]`.
 * @param end Scores of ends, `[tokens]`.
 * @param tokens Tokens that answers can consist of.
 * @param maxLength Most tokens in an answer.
 * @returns The answers, and the probability that there is none.
 * @throws {RangeError} If a score is not finite.
 */
export function answerSpans(
  start: Float32Array,
  end: Float32Array,
  { document, none }: AnswerTokens,
  maxLength: number,
): WindowAnswers {
  const tokens = [...none, ...document];
  const starts = softmax(Float64Array.from(tokens, (token) => start[token]));
  const ends = softmax(Float64Array.from(tokens, (token) => end[token]));
  function* spans(): Generator<AnswerSpan> {
    for (let i = none.length; i < tokens.length; i++) {
      const beyond = Math.min(i + maxLength, tokens.length);
      for (let j = i; j < beyond; j++) {
        yield { start: tokens[i], end: tokens[j], score: starts[i] * ends[j] };
      }
    }
  }
  const at = tokens.indexOf(0);
  return { spans: spans(), nullScore: at < 0 ? 0 : starts[at] * ends[at] };
}
