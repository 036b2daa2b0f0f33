/**
 * ROUGE as Python's `rouge-score` computes it.
 *
 * @module
 */
import { l as rougeL, n as rougeN } from "js-rouge";
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
 *
 * @example
 * ```ts
 * import { rouge } from "./rouge.ts";
 *
 * console.log(rouge("the cat sat", "the cat sat on the mat").rouge1); // 0.667
 * ```
 */
export function rouge(summary: string, reference: string, stem = true): Rouge {
  const words = [summary, reference].map((text) => {
    // Only words of more than three letters, as in rouge-score.
    return splitWords(text).map((word) => stem && word.length > 3 ? porterStem(word) : word);
  });
  if (words.some((list) => list.length === 0)) return { rouge1: 0, rouge2: 0, rougeL: 0 };
  const [a, b] = words.map((list) => list.join(" "));
  const tokenizer = (text: string) => text.split(" ");
  return {
    rouge1: rougeN(a, b, { n: 1, tokenizer }),
    rouge2: rougeN(a, b, { n: 2, tokenizer }),
    rougeL: rougeL(a, b, { tokenizer, segmenter: (text) => [text] }),
  };
}
