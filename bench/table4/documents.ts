/**
 * Passages of books that the summariser was not trained on.
 *
 * @module
 */
import { cutPassage, type Passage, readPassage } from "../../demo/passage.ts";
import { isCandidate, SUMMARY_SENTENCES } from "../../demo/principal_sentences.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

/** Passages of one length. */
export interface Passages {
  /** Most tokens of each. */
  readonly tokens: number;
  /** Number of books to take them from. */
  readonly books: number;
  /** Passages of each book, one behind the other. */
  readonly perBook: number;
}

/** Upper estimate of characters per token. */
const CHARACTERS = 8;

/**
 * Cuts passages of whole sentences from the start of each book, leaving out those that have too few
 * sentences for a summary.
 *
 * @param text Books, each after a line `<|document|> AUTHOR/TITLE`.
 * @param tokenizer The model's tokenizer.
 * @param passages Their length and number.
 * @returns The passages, book by book.
 * @throws {RangeError} If there are too few books, or one is too short.
 */
export function cutDocuments(
  text: string,
  tokenizer: PreTrainedTokenizer,
  { tokens, books, perBook }: Passages,
): Passage[] {
  const all = text.split(/^<\|document\|> .*\n/m).slice(1);
  if (books > all.length) {
    throw new RangeError(`Cannot cut passages of ${books} books: there are ${all.length}`);
  }
  return all.slice(0, books).flatMap((book, number) => {
    const start = book.slice(0, tokens * (perBook + 1) * CHARACTERS);
    let rest: Pick<Passage, "sentences" | "ids"> = readPassage(start, tokenizer, Infinity);
    const passages: Passage[] = [];
    while (passages.length < perBook) {
      const passage = cutPassage(rest, tokenizer, tokens);
      // A sentence that does not fit is passed over.
      const count = Math.max(1, passage.sentences.length);
      rest = { sentences: rest.sentences.slice(count), ids: rest.ids.slice(count) };
      if (rest.ids.length === 0) {
        throw new RangeError(
          `Cannot cut ${perBook} passages of ${tokens} tokens from book ${number}: it is too short`,
        );
      }
      if (passage.sentences.filter(isCandidate).length >= SUMMARY_SENTENCES) passages.push(passage);
    }
    return passages;
  });
}
