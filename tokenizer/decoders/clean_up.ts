/**
 * Removes spaces before English punctuation and contractions, as `clean_up_tokenization_spaces`
 * does.
 *
 * @param text The text.
 * @returns The text without these spaces.
 */
export function cleanUp(text: string): string {
  return text.replace(/ ([.?!,])/g, "$1")
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, "$1");
}
