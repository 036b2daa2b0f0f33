import { byteOfLetter } from "../pre_tokenizers/byte_level.ts";

const utf8 = new TextEncoder();

/**
 * Makes the decoder of byte-level tokens: each letter stands for a byte; what the bytes do not make
 * is U+FFFD.
 *
 * Added tokens stay as they are. Python's tokenizers take their letters for bytes too, so that `ï`
 * comes out broken there.
 *
 * @param isAdded Whether a token is an added one.
 * @returns The decoder.
 */
export function byteLevelDecoder(
  isAdded: (token: string) => boolean,
): (tokens: readonly string[]) => string[] {
  // Bytes of an added token are whole characters: none joins with those around it.
  const bytesOf = (token: string): Iterable<number> => {
    const bytes = Array.from(token, (letter) => byteOfLetter.get(letter));
    return isAdded(token) || bytes.includes(undefined) ? utf8.encode(token) : bytes as number[];
  };
  return (tokens) => {
    const bytes = tokens.flatMap((token) => [...bytesOf(token)]);
    return [new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
  };
}
