/**
 * Principal sentences of a text: what Pegasus was trained to write.
 *
 * @module
 */
import { splitWords } from "../cli/split_words.ts";

/** Number of sentences of a summary. */
export const SUMMARY_SENTENCES = 3;

/** Fewest and most words of a sentence of a summary. */
export const SUMMARY_WORDS = { least: 8, most: 40 } as const;

/**
 * Asserts that a sentence may be part of a summary.
 *
 * @param sentence The sentence.
 * @returns Whether it has neither too few nor too many words.
 */
export function isCandidate(sentence: string): boolean {
  const words = splitWords(sentence).length;
  return words >= SUMMARY_WORDS.least && words <= SUMMARY_WORDS.most;
}

/**
 * Finds the sentences with the best ROUGE-1 F1 against all others (Zhang et al. 2020, section 3.1,
 * "Ind-Orig"), each judged by itself. The rest of a text is much longer than a sentence, so that
 * F1 is nearly the number of words in common, and favours long sentences.
 *
 * @param sentences All sentences of the text.
 * @param count Number of sentences to find.
 * @returns Their indices, ascending.
 */
export function principalSentences(
  sentences: readonly string[],
  count: number = SUMMARY_SENTENCES,
): number[] {
  const words = sentences.map(splitWords);
  const total = countWords(words.flat());
  const all = words.reduce((sum, list) => sum + list.length, 0);
  const scores = words.map((list) => {
    let common = 0;
    for (const [word, own] of countWords(list)) common += Math.min(own, total.get(word)! - own);
    return 2 * common / all;
  });
  return sentences.map((_, i) => i)
    .filter((i) => scores[i] > 0 && isCandidate(sentences[i]))
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
