/**
 * Sentences and words of a text, as `tools/summary_text.py` finds them.
 *
 * @module
 */

/** End of a sentence: the closing quotes or brackets, then spaces before a capital. */
const END = /(?<=[.!?])(["'”’)\]]*) +(?=["'“‘(\[]*[A-Z0-9])/g;

/** A full stop that ends no sentence: of a title, a place or an initial. */
const ABBREVIATION = new RegExp(
  "(?:^|[ \"'“‘(\\[])(?:Mr|Mrs|Ms|Messrs|Mme|Mlle|Dr|St|Sir|Rev|Hon|Col|Capt|Gen|Lieut|Prof|" +
    "Esq|No|Vol|viz|etc|i\\.e|e\\.g|[A-Z])\\.$",
);

/**
 * Splits a text into sentences. White space becomes single spaces; a paragraph ends a sentence.
 *
 * @param text The text.
 * @returns Its sentences.
 */
export function splitSentences(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((lines) => {
    const paragraph = lines.split(/\s+/).filter((word) => word !== "").join(" ");
    const sentences: string[] = [];
    let start = 0;
    for (const match of paragraph.matchAll(END)) {
      if (ABBREVIATION.test(paragraph.slice(start, match.index))) continue;
      sentences.push(paragraph.slice(start, match.index + match[1].length));
      start = match.index + match[0].length;
    }
    if (start < paragraph.length) sentences.push(paragraph.slice(start));
    return sentences;
  });
}
