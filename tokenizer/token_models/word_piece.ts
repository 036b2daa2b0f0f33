import { showValue } from "../../base/show_value.ts";
import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import { LONGEST_SLICE, LongPieces } from "./long_pieces.ts";
import type { TokenModel } from "./token_model.ts";
import { readVocabulary } from "./vocabulary.ts";

/**
 * Reads a WordPiece model: it repeatedly takes the longest token that matches the rest of a word;
 * if none matches, the whole word is unknown.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If a setting is malformed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readModel(part: JsonPart): TokenModel {
  const ids = readVocabulary(part);
  const unkToken = part.string("unk_token", "[UNK]");
  const prefix = part.affix("continuing_subword_prefix", "##");
  const maxCharacters = part.count("max_input_chars_per_word", 100);
  const unkId = ids.get(unkToken);
  if (unkId === undefined) {
    return part.fail(`vocab lacks the unk_token ${showValue(unkToken)}`);
  }
  const longest = Math.min(ids.longest, LONGEST_SLICE);
  const longFirst = [...ids.longerThan(LONGEST_SLICE)];
  const longRest = longFirst.filter(([token]) => token.startsWith(prefix))
    .map(([token, id]): [string, number] => [token.slice(prefix.length), id]);
  const firstPieces = new LongPieces(longFirst);
  const restPieces = new LongPieces(longRest);

  /** For each start in a long word, the length of the longest long token there; 0 for none. */
  const longTokens = (word: string): Int32Array | undefined => {
    if (word.length <= LONGEST_SLICE || (firstPieces.isEmpty && restPieces.isEmpty)) {
      return undefined;
    }
    const lengths = new Int32Array(word.length);
    const [first, rest] = [firstPieces.scan(word), restPieces.scan(word)];
    for (let end = 1; end <= word.length; end++) {
      first(end, (length) => {
        if (length === end) lengths[0] = length;
      });
      rest(end, (length) => {
        if (length < end) lengths[end - length] = length;
      });
    }
    return lengths;
  };

  const tokenAt = (word: string, start: number, end: number): TokenSpan | undefined => {
    const token = (start === 0 ? "" : prefix) + word.slice(start, end);
    const id = ids.get(token);
    return id === undefined ? undefined : { token, id, start, end };
  };

  const longestToken = (word: string, start: number, long: number): TokenSpan | undefined => {
    if (long > 0) return tokenAt(word, start, start + long);
    for (let end = Math.min(word.length, start + longest); end > start; end--) {
      const token = tokenAt(word, start, end);
      if (token !== undefined) return token;
    }
    return undefined;
  };

  const tokenize = (word: string): TokenSpan[] => {
    const unknown = [{ token: unkToken, id: unkId, start: 0, end: word.length }];
    if (word.length > maxCharacters && [...word].length > maxCharacters) return unknown;
    const found: TokenSpan[] = [];
    const long = longTokens(word);
    for (let start = 0; start < word.length;) {
      const token = longestToken(word, start, long?.[start] ?? 0);
      if (token === undefined) return unknown;
      found.push(token);
      start = token.end;
    }
    return found;
  };
  return { tokenize, ids, tokenOf: (id) => ids.tokenOf(id), subwordPrefix: prefix || undefined };
}
