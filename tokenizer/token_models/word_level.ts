import { showValue } from "../../base/show_value.ts";
import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import type { TokenModel } from "./token_model.ts";
import { readVocabulary } from "./vocabulary.ts";

/**
 * Reads a WordLevel model: a word is a token; one that the vocabulary lacks is unknown.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If a setting is malformed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readModel(part: JsonPart): TokenModel {
  const ids = readVocabulary(part);
  const unkToken = part.string("unk_token", "<unk>");
  const unkId = ids.get(unkToken);

  const tokenize = (word: string): TokenSpan[] => {
    const id = ids.get(word);
    if (id !== undefined) return [{ token: word, id, start: 0, end: word.length }];
    if (unkId === undefined) {
      throw new RangeError(
        `Cannot tokenize ${showValue(word)}: the vocabulary has neither it nor the unk_token ` +
          showValue(unkToken),
      );
    }
    return [{ token: unkToken, id: unkId, start: 0, end: word.length }];
  };
  return { tokenize, ids, tokenOf: (id) => ids.tokenOf(id) };
}
