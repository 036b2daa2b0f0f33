import type { JsonPart } from "../json_part.ts";

/**
 * Reads the decoder of WordPiece tokens: a space before each but the first and those that go on with
 * a word.
 *
 * @param part Its settings.
 * @returns The decoder.
 * @throws {TypeError} If a setting is not well formed.
 */
export function readWordPieceDecoder(
  part: JsonPart,
): (tokens: readonly string[]) => string[] {
  const prefix = part.string("prefix", "##");
  const cleans = part.boolean("cleanup", true);
  return (tokens) =>
    tokens.map((token, i) => {
      const isRest = token.startsWith(prefix);
      const text = i === 0 ? token : isRest ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleanUp(text.replaceAll(" do not", " don't")) : text;
    });
}

/**
 * Takes away spaces that English does not put before signs and contractions, as
 * `clean_up_tokenization_spaces` does.
 *
 * @param text The text.
 * @returns The text without them.
 */
export function cleanUp(text: string): string {
  return text.replace(/ ([.?!,])/g, "$1")
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, "$1");
}
