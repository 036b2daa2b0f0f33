/**
 * The windows of a document to its best answers.
 *
 * @module
 */
import { pauses } from "../base/next_task.ts";
import { answerSpans } from "./answer_spans.ts";
import type { DocumentWindow } from "./document_windows.ts";
import { largest } from "./top_k.ts";

/** A place of a document, as an answer. */
export interface DocumentPlace {
  /** Probability of the answer. */
  readonly score: number;
  /** Start in the document, in UTF-16 code units. */
  readonly start: number;
  /** End in the document. */
  readonly end: number;
}

/** How answers are chosen. */
export interface AnswerChoice {
  /** Number of answers. */
  readonly count: number;
  /** Most tokens in an answer. */
  readonly maxLength: number;
  /** Whether answers begin and end with whole words. */
  readonly alignToWords: boolean;
  /** Stops the choice when aborted. */
  readonly signal?: AbortSignal;
}

/** Scores of starts and ends, each `[tokens]`. */
export type WindowScores = readonly [start: Float32Array, end: Float32Array];

/** The places with the same start. */
interface PlacesFrom {
  readonly start: number;
  /** How many starts were found before this one. */
  readonly order: number;
  /** Scores by the end in the document. */
  readonly scores: Map<number, number>;
}

/**
 * Finds the best answers of a document. A place's score is the sum of those of all spans of tokens
 * that are this place: several of a window if they are extended to whole words, and spans of several
 * windows. Only places that a later window shows again are kept while it is read.
 *
 * @param windows The windows, in the order of the document.
 * @param scores The scores of each window's tokens.
 * @param choice How answers are chosen.
 * @returns The best answers, best first; of equal scores the one whose start was found first. And
 * the smallest probability of a window that it has no answer.
 * @throws {RangeError} If a score is not finite.
 * @throws The signal's reason, if it was aborted.
 */
export async function documentAnswers(
  windows: readonly DocumentWindow[],
  scores: readonly WindowScores[],
  { count, maxLength, alignToWords, signal }: AnswerChoice,
): Promise<{ best: DocumentPlace[]; nullScore: number }> {
  const pause = pauses();
  const best = new BestPlaces(count);
  const shown = laterStarts(windows);
  const open = new Map<number, PlacesFrom>();
  let starts = 0;
  let least = Infinity;
  for (const [i, window] of windows.entries()) {
    const { spans, nullScore } = answerSpans(...scores[i], window.tokens, maxLength);
    least = Math.min(least, nullScore);
    const { from, to } = edges(window, alignToWords);
    const close = (start: number, found: ReadonlyMap<number, number>) => {
      const places = open.get(start) ?? { start, order: starts++, scores: new Map() };
      addScores(places.scores, found);
      if (start >= shown[i]) open.set(start, places);
      else {
        best.add(places);
        open.delete(start);
      }
    };
    // Spans come in the order of their starts.
    let place = -1;
    let ends = new Map<number, number>();
    for (const { start, end, score } of spans) {
      if (from[start] !== place) {
        close(place, ends);
        await pause();
        signal?.throwIfAborted();
        place = from[start];
        ends = new Map();
      }
      ends.set(to[end], (ends.get(to[end]) ?? 0) + score);
    }
    close(place, ends);
  }
  for (const places of open.values()) best.add(places);
  return { best: best.places(), nullScore: least };
}

function addScores(sums: Map<number, number>, scores: ReadonlyMap<number, number>): void {
  for (const [end, score] of scores) sums.set(end, (sums.get(end) ?? 0) + score);
}

/** For each window the first start of a token that a later one shows; infinity if there is none. */
function laterStarts(windows: readonly DocumentWindow[]): number[] {
  const firsts = new Array<number>(windows.length);
  let first = Infinity;
  for (let i = windows.length - 1; i >= 0; i--) {
    firsts[i] = first;
    const { starts, tokens } = windows[i];
    for (const token of tokens.document) first = Math.min(first, starts[token]);
  }
  return firsts;
}

/** Where answers that begin or end with a token do so in the document. */
function edges(
  { tokens: { document }, starts, ends, words }: DocumentWindow,
  alignToWords: boolean,
): { from: Int32Array; to: Int32Array } {
  const [from, to] = [starts.slice(), ends.slice()];
  const isSameWord = (token: number, next: number) => alignToWords && words[token] === words[next];
  for (let i = 1; i < document.length; i++) {
    const [last, token] = [document[i - 1], document[i]];
    if (isSameWord(last, token)) from[token] = from[last];
  }
  for (let i = document.length - 2; i >= 0; i--) {
    const [token, next] = [document[i], document[i + 1]];
    if (isSameWord(token, next)) to[token] = to[next];
  }
  return { from, to };
}

/** The best of many places; of equal scores, the one whose start was found first. */
class BestPlaces {
  readonly #count: number;
  #places: (DocumentPlace & { readonly order: number })[] = [];
  /** A place with a lower score is not among the best. */
  #least = -Infinity;

  constructor(count: number) {
    this.#count = count;
  }

  add({ start, order, scores }: PlacesFrom): void {
    for (const [end, score] of scores) {
      if (score >= this.#least) this.#places.push({ score, start, end, order });
    }
    // Now and then, so that memory grows with the number of answers alone.
    if (this.#places.length >= 2 * this.#count + 1000) this.#keepBest();
  }

  places(): DocumentPlace[] {
    this.#keepBest();
    return this.#places.map(({ score, start, end }) => ({ score, start, end }));
  }

  #keepBest(): void {
    this.#places.sort((a, b) => a.order - b.order);
    const best = largest(this.#places.map(({ score }) => score), this.#count);
    this.#places = best.map((i) => this.#places[i]);
    if (best.length === this.#count) this.#least = this.#places[this.#count - 1].score;
  }
}
