/**
 * Reads normalizers, pre-tokenizers and decoders of all types; together with the templates that most
 * tokenizers with such parts have.
 *
 * @module
 */
import { readDecoder } from "./decoders/read_decoder.ts";
import { readNormalizer } from "./normalizers/read_normalizer.ts";
import type { JsonTextParts, TextParts } from "./plain_parts.ts";
import { readPreTokenizer } from "./pre_tokenizers/read_pre_tokenizer.ts";
import type { Readers } from "./readers.ts";

export { readTemplatePieces } from "./read_template_pieces.ts";

/**
 * Reads the parts of a tokenizer.json through which texts pass.
 *
 * @param json The tokenizer.json.
 * @param name Its name in messages.
 * @param isAdded Whether a token is an added token, whose letters are literal.
 * @param readers Readers of what they ask for.
 * @returns The parts.
 * @throws {TypeError} If one is malformed or of an unknown type.
 */
export function readParts(
  { normalizer, pre_tokenizer, decoder }: JsonTextParts,
  name: string,
  isAdded: (token: string) => boolean,
  readers: Readers,
): TextParts {
  return {
    normalize: readNormalizer(normalizer, `normalizer of ${name}`, readers),
    preTokenize: readPreTokenizer(pre_tokenizer, `pre_tokenizer of ${name}`, readers),
    decode: readDecoder(decoder, `decoder of ${name}`, readers, isAdded),
  };
}
