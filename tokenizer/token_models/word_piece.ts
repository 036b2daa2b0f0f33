import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
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
export function readWordPiece(part: JsonPart): TokenModel {
  const { ids, tokens } = readVocabulary(part);
  const unkToken = part.string("unk_token", "[UNK]");
  const prefix = part.string("continuing_subword_prefix", "##");
  const maxCharacters = part.count("max_input_chars_per_word", 100);
  const unkId = ids.get(unkToken);
  if (unkId === undefined) {
    return part.fail(`vocab lacks the unk_token ${JSON.stringify(unkToken)}`);
  }
  const longest = [...ids.keys()].reduce((length, token) => Math.max(length, token.length), 0);

  const longestToken = (word: string, start: number): TokenSpan | undefined => {
    const before = start === 0 ? "" : prefix;
    for (let end = Math.min(word.length, start + longest - before.length); end > start; end--) {
      const token = before + word.slice(start, end);
      const id = ids.get(token);
      if (id !== undefined) return { token, id, start, end };
    }
    return undefined;
  };

  const tokenize = (word: string): TokenSpan[] => {
    const unknown = [{ token: unkToken, id: unkId, start: 0, end: word.length }];
    if (word.length > maxCharacters && [...word].length > maxCharacters) return unknown;
    const found: TokenSpan[] = [];
    for (let start = 0; start < word.length;) {
      const token = longestToken(word, start);
      if (token === undefined) return unknown;
      found.push(token);
      start = token.end;
    }
    return found;
  };
  return { tokenize, ids, tokens, subwordPrefix: prefix || undefined };
}
