/**
 * ROUGE as Python's `rouge-score` computes it.
 *
 * @module
 */
import { porterStem } from "./porter_stem.ts";
import { splitWords } from "./split_words.ts";

/** F1 scores, from 0 to 1. */
export interface Rouge {
  /** Of words. */
  readonly rouge1: number;
  /** Of pairs of neighbouring words. */
  readonly rouge2: number;
  /** Of the longest common subsequence. */
  readonly rougeL: number;
}

/**
 * Compares a summary with a reference.
 *
 * @param summary The summary.
 * @param reference The reference.
 * @param stem Whether words are stemmed first, as the paper's tables do.
 * @returns Its scores; 0 if either has no words.
 */
export function rouge(summary: string, reference: string, stem = true): Rouge {
  const words = [summary, reference].map((text) => {
    // Only words of more than three letters, as in rouge-score.
    return splitWords(text).map((word) => stem && word.length > 3 ? porterStem(word) : word);
  });
  const [own, wanted] = words;
  return {
    rouge1: f1(countCommon(own, wanted), own.length, wanted.length),
    rouge2: f1(countCommon(pairs(own), pairs(wanted)), own.length - 1, wanted.length - 1),
    rougeL: f1(commonSubsequence(own, wanted), own.length, wanted.length),
  };
}

/** The harmonic mean of precision and recall; 0 without matches. */
function f1(matches: number, own: number, wanted: number): number {
  return matches === 0 ? 0 : 2 * matches / (own + wanted);
}

/** Neighbouring words, as one text each. */
function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, i) => `${words[i]} ${word}`);
}

/** Counts items that both lists have, each as often as in the list that has fewer of it. */
function countCommon(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const item of b) left.set(item, (left.get(item) ?? 0) + 1);
  return a.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count > 0;
  }).length;
}

/** Length of the longest common subsequence, row by row of the usual table. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  for (const item of a) {
    const row = new Uint32Array(b.length + 1);
    for (const [j, other] of b.entries()) {
      row[j + 1] = item === other ? above[j] + 1 : Math.max(above[j + 1], row[j]);
    }
    above = row;
  }
  return above[b.length];
}
