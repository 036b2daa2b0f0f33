import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import type { JsonPart } from "../json_part.ts";
import { textsOf, TokenTable } from "./token_table.ts";

/** A larger id would only cost memory: the largest vocabularies have a million tokens. */
export const MAX_ID = 2 ** 24;

/**
 * Reads a vocabulary: `{"token": id}`, or the table that parseTokenizerJson() made of it. Of two
 * tokens with one id, which Python's tokenizers accept, the first is decoded.
 *
 * @param part The model that has it as `vocab`.
 * @returns The vocabulary.
 * @throws {TypeError} If it is not an object.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readVocabulary(part: JsonPart): TokenTable {
  const vocab = part.get("vocab");
  if (vocab instanceof TokenTable) return vocab;
  if (!isJsonObject(vocab)) return part.fail("vocab is not an object");
  const tokens = Object.keys(vocab);
  const ids = Int32Array.from(tokens, (token) => {
    const id = vocab[token];
    checkId(id, token, part.name);
    return id;
  });
  return new TokenTable(textsOf(tokens), ids);
}

/**
 * Checks an id of a vocabulary.
 *
 * @param id The id.
 * @param token Its token, for messages.
 * @param name The file's name in messages.
 * @throws {RangeError} If the id is not a whole number from 0 to 2²⁴.
 */
export function checkId(id: unknown, token: string, name: string): asserts id is number {
  if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > MAX_ID) {
    throw new RangeError(
      `Cannot read ${name}: ${showValue(token)} has id ${showValue(id)}; ` +
        `wanted a whole number from 0 to ${MAX_ID}`,
    );
  }
}
