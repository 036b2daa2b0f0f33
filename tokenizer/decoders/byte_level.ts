import { byteOfLetter } from "../pre_tokenizers/byte_level.ts";

const utf8 = new TextEncoder();

/**
 * Makes the decoder of byte-level tokens: each letter is a byte; invalid UTF-8 becomes U+FFFD.
 *
 * Added tokens stay unchanged. Python's tokenizers decode their letters as bytes too, which breaks
 * `ï`.
 *
 * @param isAdded Whether a token is an added token.
 * @returns The decoder.
 */
export function byteLevelDecoder(
  isAdded: (token: string) => boolean,
): (tokens: readonly string[]) => string[] {
  // The bytes of an added token are whole characters: they do not combine with those around.
  const bytesOf = (token: string): Iterable<number> => {
    const bytes = Array.from(token, (letter) => byteOfLetter.get(letter));
    return isAdded(token) || bytes.includes(undefined) ? utf8.encode(token) : bytes as number[];
  };
  return (tokens) => {
    const bytes = tokens.flatMap((token) => [...bytesOf(token)]);
    return [new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
  };
}
