import { doubledLayout } from "../row_layout.ts";
import { readMerges } from "./merges.ts";
import type { Json, VocabularyParts } from "./vocabulary_parts.ts";

/**
 * Makes the parts of a byte-level BPE tokenizer from vocab.json and merges.txt, as transformers
 * converts the tokenizers of RoBERTa, Longformer, BART and LED.
 *
 * @param vocab The content of vocab.json.
 * @param merges The content of merges.txt.
 * @param config The content of tokenizer_config.json.
 * @param first The token at the beginning of a text.
 * @param last The token at its end.
 * @returns The parts.
 * @throws {SyntaxError} If merges.txt is malformed.
 */
export function byteLevelParts(
  vocab: Json,
  merges: string,
  config: Json,
  first: string,
  last: string,
): VocabularyParts {
  const setting = (key: string, absent: boolean) =>
    Object.hasOwn(config, key) ? config[key] : absent;
  const add_prefix_space = setting("add_prefix_space", false);
  const trim_offsets = setting("trim_offsets", true);
  return {
    json: {
      model: { type: "BPE", vocab, merges: readMerges(merges, vocab, "merges.txt") },
      pre_tokenizer: { type: "ByteLevel", add_prefix_space },
      post_processor: { type: "ByteLevel", add_prefix_space, trim_offsets },
      decoder: { type: "ByteLevel" },
    },
    layout: doubledLayout(first, last),
  };
}
