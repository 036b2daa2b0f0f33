import { BPE } from "@huggingface/tokenizers";
import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import type { TokenModel } from "./read_token_model.ts";
import { readVocabulary } from "./vocabulary.ts";

/** Settings that byte-level vocabularies do not use; each would change the tokens. */
const unusedSettings = [
  "dropout",
  "continuing_subword_prefix",
  "end_of_word_suffix",
  "byte_fallback",
] as const;

/**
 * Reads a BPE model: the letters of a word are merged in the order of the vocabulary's merges.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If it is not a well-formed byte-level BPE model.
 * @throws {RangeError} If an id is out of bounds or given twice.
 */
export function readBpe(part: JsonPart): TokenModel {
  for (const setting of unusedSettings) {
    const value = part.get(setting);
    if (value) part.fail(`${setting} is ${JSON.stringify(value)}, which byte-level BPE lacks`);
  }
  const ids = readVocabulary(part);
  const merges = part.list("merges");
  for (const merge of merges) {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    const known = Array.isArray(parts) && parts.length === 2 && ids.has(parts[0]) &&
      ids.has(parts[1]) && ids.has(parts[0] + parts[1]);
    if (!known) {
      return part.fail(`merges has ${JSON.stringify(merge)}, which vocab does not explain`);
    }
  }
  const unkToken = part.get("unk_token");
  if (unkToken !== undefined && !(typeof unkToken === "string" && ids.has(unkToken))) {
    return part.fail(`vocab lacks the unk_token ${JSON.stringify(unkToken)}`);
  }
  const fuseUnk = part.boolean("fuse_unk", false);
  const library = new BPE({
    type: "BPE",
    vocab: Object.fromEntries(ids),
    merges: merges as [string, string][],
    ...(unkToken && { unk_token: unkToken }),
    fuse_unk: fuseUnk,
    ignore_merges: part.boolean("ignore_merges", false),
  });

  /** How many letters of a word, from `start` on, a token stands for. */
  const lengthOf = (token: string, word: string, start: number): number => {
    if (token !== unkToken || word.startsWith(token, start)) return token.length;
    let end = start + 1;
    while (fuseUnk && end < word.length && !ids.has(word[end])) end++;
    return end - start;
  };

  const tokenize = (word: string): TokenSpan[] => {
    let start = 0;
    return library([word]).map((token) => {
      const end = start + lengthOf(token, word, start);
      const found = { token, id: ids.get(token)!, start, end };
      start = end;
      return found;
    });
  };
  return { tokenize, ids };
}
