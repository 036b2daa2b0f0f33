/**
 * Summaries without a model.
 *
 * @module
 */
import { isCandidate, SUMMARY_SENTENCES } from "./principal_sentences.ts";
import { splitWords } from "../cli/split_words.ts";

/**
 * Summarises by the first sentences: lead-3.
 *
 * @param sentences The sentences of a text.
 * @returns The first three.
 */
export function lead(sentences: readonly string[]): string {
  return sentences.slice(0, SUMMARY_SENTENCES).join(" ");
}

/**
 * Summarises by the longest sentences that may be part of a summary.
 *
 * @param sentences The sentences of a text.
 * @returns Three of them, in the order of the text.
 */
export function longest(sentences: readonly string[]): string {
  const words = sentences.map((sentence) => splitWords(sentence).length);
  return sentences.map((_, i) => i)
    .filter((i) => isCandidate(sentences[i]))
    .sort((a, b) => words[b] - words[a] || a - b)
    .slice(0, SUMMARY_SENTENCES)
    .sort((a, b) => a - b)
    .map((i) => sentences[i])
    .join(" ");
}
