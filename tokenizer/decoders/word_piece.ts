import type { JsonPart } from "../json_part.ts";
import { cleanUp } from "./clean_up.ts";

/**
 * Reads the decoder of WordPiece tokens: it puts a space before each token but the first and those
 * that continue a word.
 *
 * @param part Its settings.
 * @returns The decoder.
 * @throws {TypeError} If a setting is malformed.
 */
export function readWordPieceDecoder(
  part: JsonPart,
): (tokens: readonly string[]) => string[] {
  const prefix = part.string("prefix", "##");
  const cleans = part.boolean("cleanup", true);
  return (tokens) =>
    tokens.map((token, i) => {
      const continues = token.startsWith(prefix);
      const text = i === 0 ? token : continues ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleanUpToken(text) : text;
    });
}

/**
 * Removes spaces before English punctuation and contractions, and contracts "do not", as decoders
 * of tokens do.
 *
 * @param text A token, with the space before it.
 * @returns The text without these spaces.
 */
export function cleanUpToken(text: string): string {
  return cleanUp(text.replaceAll(" do not", " don't"));
}
