/**
 * From scores of starts and ends to answers.
 *
 * @module
 */
import { softmax } from "./softmax.ts";
import { largest } from "./top_k.ts";

/** A range of tokens, and how probable it is as an answer. */
export interface AnswerSpan {
  /** Its first token. */
  readonly start: number;
  /** Its last token. */
  readonly end: number;
  /** The product of the probabilities that an answer starts and ends there. */
  readonly score: number;
}

/** What one window of a document says. */
export interface WindowAnswers {
  /** The best spans, best first. */
  readonly spans: readonly AnswerSpan[];
  /** How probable it is that the window has no answer: that it starts and ends at token 0. */
  readonly nullScore: number;
}

/** Which tokens of a window count. */
export interface AnswerTokens {
  /** Tokens of the document, where an answer may start and end; next to each other. */
  readonly document: readonly number[];
  /** Other tokens that take a part of the probability: those that stand for "no answer". */
  readonly none: readonly number[];
}

/**
 * Finds the most probable answers in a window.
 *
 * @param start `[tokens]`: scores of starts.
 * @param end `[tokens]`: scores of ends.
 * @param tokens Which tokens count.
 * @param most How many answers, at most.
 * @param longest How many tokens an answer has, at most.
 * @returns The answers and the probability of none.
 * @throws {RangeError} If a score is not finite.
 *
 * @example
 * ```ts
 * import { answerSpans } from "@lsg/core/pipelines";
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
  most: number,
  longest: number,
): WindowAnswers {
  const tokens = [...none, ...document];
  const starts = softmax(Float32Array.from(tokens, (token) => start[token]));
  const ends = softmax(Float32Array.from(tokens, (token) => end[token]));
  const spans: AnswerSpan[] = [];
  document.forEach((first, i) => {
    document.slice(i, i + longest).forEach((last, length) => {
      const at = none.length + i;
      spans.push({ start: first, end: last, score: starts[at] * ends[at + length] });
    });
  });
  const at = tokens.indexOf(0);
  return {
    spans: largest(spans.map(({ score }) => score), most).map((i) => spans[i]),
    nullScore: at < 0 ? 0 : starts[at] * ends[at],
  };
}
