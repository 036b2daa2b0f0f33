/**
 * Answers questions by passages of a document.
 *
 * @module
 */
import { checkOptions, countFrom, FLAG } from "../base/check_options.ts";
import { pauses } from "../base/next_task.ts";
import { showValue } from "../base/show_value.ts";
import type { ModelInputs, QuestionAnswering } from "../models/mod.ts";
import { documentAnswers, type WindowScores } from "./document_answers.ts";
import { type DocumentWindow, documentWindows } from "./document_windows.ts";
import { runRows } from "./run_rows.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";

/** An answer, with transformers.js's names. */
export interface QuestionAnsweringResult {
  /**
   * Probability of the answer: the sum over all spans of tokens that are this place of the document.
   * Probabilities are those of a window; a place that several windows show can exceed 1.
   */
  readonly score: number;
  /** Start in the document, in UTF-16 code units: `context.slice(start, end)`. */
  readonly start: number;
  /** End in the document. */
  readonly end: number;
  /** The answer; empty for "no answer". */
  readonly answer: string;
}

/** Options of a question-answering call. */
export interface QuestionAnsweringOptions extends Omit<CallOptions, "truncation"> {
  /** Number of answers, best first; 1 if absent. */
  readonly top_k?: number;
  /** Most tokens in an answer; 15 if absent. */
  readonly max_answer_len?: number;
  /** Whether "no answer" is a possible answer; false if absent. */
  readonly handle_impossible_answer?: boolean;
  /** Whether answers begin and end with whole words; true if absent. */
  readonly align_to_words?: boolean;
  /**
   * Most tokens in a window; longer documents are split into several. Absent: as many as an LSG
   * model or a Longformer reads; for other models 384, as in Python.
   */
  readonly max_seq_len?: number;
  /** Tokens that a window shares with the previous one; absent: 128, or half a window if less. */
  readonly doc_stride?: number;
}

/** Result for a question: an answer, or a list for `top_k` other than 1. */
export type QuestionAnsweringResults<TopK extends number> = TopK extends 1 ? QuestionAnsweringResult
  : number extends TopK ? QuestionAnsweringResult | QuestionAnsweringResult[]
  : QuestionAnsweringResult[];

/** Call signature of the pipeline: `answerer(question, context, options)`. */
export interface QuestionAnsweringPipeline {
  /** Answers one question. */
  <TopK extends number = 1>(
    question: string,
    context: string,
    options?: QuestionAnsweringOptions & { readonly top_k?: TopK },
  ): Promise<QuestionAnsweringResults<TopK>>;
  /** Answers several questions, or one with several documents. */
  <TopK extends number = 1>(
    question: string | readonly string[],
    context: string | readonly string[],
    options?: QuestionAnsweringOptions & { readonly top_k?: TopK },
  ): Promise<QuestionAnsweringResults<TopK>[]>;
}

/**
 * Answers questions by passages of a document, like transformers.js's pipeline of that name, with
 * offsets, impossible answers and windows as in Python.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const answerer = await pipeline("question-answering", "deepset/roberta-base-squad2");
 * const context = "Isabella left Bath for London on Monday.";
 * const { answer, start, end } = await answerer("Who left Bath?", context);
 * assertEquals(answer, context.slice(start, end));
 * const answers = await answerer("Who left Bath?", context, { top_k: 3 });
 * assertEquals(answers.length, 3);
 * answerer.dispose();
 * ```
 */
export class QuestionAnsweringPipeline extends TextPipeline<QuestionAnswering> {
  /**
   * Answers questions.
   *
   * @param question A question, or several.
   * @param context The document, or one for each question.
   * @param options Number and length of answers, windows and options of every call.
   * @returns The answer, or a list with `top_k`; one result for each of several questions or
   * documents.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, a text is empty, there are no texts, or the
   * numbers of questions and documents differ.
   */
  override async _call(
    question: string | readonly string[],
    context: string | readonly string[],
    options: QuestionAnsweringOptions = {},
  ): Promise<unknown> {
    const { truncation: _, ...callOptions } = CALL_OPTIONS;
    options = checkOptions("Cannot answer", options, {
      top_k: countFrom(1),
      max_answer_len: countFrom(1),
      handle_impossible_answer: FLAG,
      align_to_words: FLAG,
      max_seq_len: countFrom(1),
      doc_stride: countFrom(0),
      ...callOptions,
    });
    const length = this.#windowLength(options.max_seq_len);
    const pairs = pairUp(question, context);
    const pause = pauses();
    const windows: DocumentWindow[][] = [];
    for (const pair of pairs) {
      windows.push(documentWindows(this.tokenizer, ...pair, length, options.doc_stride));
      await pause();
      options.signal?.throwIfAborted();
    }
    const forward = async (inputs: ModelInputs) => {
      const { start_logits, end_logits } = await this.model(inputs);
      return [start_logits, end_logits];
    };
    const scores = await runRows(
      this.model,
      windows.flat(),
      options,
      forward,
      (_, start, end): WindowScores => [start.slice(), end.slice()],
    );
    const { top_k = 1, max_answer_len = 15, align_to_words = true, signal } = options;
    const choice = {
      count: top_k,
      maxLength: max_answer_len,
      alignToWords: align_to_words,
      signal,
    };
    const results = [];
    let read = 0;
    for (const [i, [, document]] of pairs.entries()) {
      const ofDocument = scores.slice(read, read += windows[i].length);
      const found = await documentAnswers(windows[i], ofDocument, choice);
      const answers = answersOf(document, found, options);
      results.push(top_k === 1 ? answers[0] : answers);
    }
    return Array.isArray(question) || Array.isArray(context) ? results : results[0];
  }

  #windowLength(wanted: number | undefined): number {
    const { lsg, attention_window } = this.model.config;
    const most = this.maxLength;
    if (wanted === undefined) return lsg || attention_window ? most : Math.min(most, 384);
    if (wanted <= most) return wanted;
    throw new RangeError(
      `Cannot answer with max_seq_len ${wanted}: at most ${most} tokens fit the model; longer ` +
        "documents are read in windows, or at once by a model converted to LSG with a " +
        "max_sequence_length that holds them",
    );
  }
}

/** Pairs questions with documents; a single question or document is paired with all others. */
function pairUp(
  question: string | readonly string[],
  context: string | readonly string[],
): [string, string][] {
  const questions: readonly unknown[] = [question].flat();
  const contexts: readonly unknown[] = [context].flat();
  const count = Math.max(questions.length, contexts.length);
  const fits = (given: unknown, { length }: readonly unknown[]) =>
    length === count || !Array.isArray(given);
  if (!fits(question, questions) || !fits(context, contexts)) {
    throw new RangeError(
      `Cannot answer ${questions.length} questions with ${contexts.length} documents: wanted as ` +
        "many, or a single one",
    );
  }
  if (count === 0) throw new RangeError("Cannot answer no questions: wanted at least one");
  return Array.from({ length: count }, (_, i) => [
    text("question", questions[Array.isArray(question) ? i : 0]),
    text("document", contexts[Array.isArray(context) ? i : 0]),
  ]);
}

function text(name: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new TypeError(`Cannot answer: a ${name} is ${showValue(value)}; wanted a string`);
  }
  if (value === "") throw new RangeError(`Cannot answer: a ${name} is empty`);
  return value;
}

/** The best answers of a document, best first, as texts. */
function answersOf(
  document: string,
  { best, nullScore }: Awaited<ReturnType<typeof documentAnswers>>,
  { top_k = 1, handle_impossible_answer }: QuestionAnsweringOptions,
): QuestionAnsweringResult[] {
  const answers = best.map((place) => ({
    ...place,
    answer: document.slice(place.start, place.end),
  }));
  // A document of white space alone has no tokens.
  if (handle_impossible_answer || answers.length === 0) {
    answers.push({ score: nullScore, start: 0, end: 0, answer: "" });
  }
  return answers.sort((a, b) => b.score - a.score).slice(0, top_k);
}
