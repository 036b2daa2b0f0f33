import { doubledLayout, layoutTemplate } from "../row_layout.ts";
import { readMerges } from "./merges.ts";
import type { Json, VocabularyParts } from "./vocabulary_parts.ts";

/**
 * Makes the parts of a byte-level BPE tokenizer from vocab.json and merges.txt, as transformers
 * converts the tokenizers of RoBERTa, Longformer, BART and LED.
 *
 * @param vocab The content of vocab.json.
 * @param merges The content of merges.txt.
 * @param first The token at the beginning of a text.
 * @param last The token at its end.
 * @returns The parts; spaces are treated as by default.
 * @throws {SyntaxError} If merges.txt is malformed.
 */
export function byteLevelParts(
  vocab: Json,
  merges: string,
  first: string,
  last: string,
): VocabularyParts {
  return {
    json: {
      model: { type: "BPE", vocab, merges: readMerges(merges, vocab, "merges.txt") },
      pre_tokenizer: { type: "ByteLevel" },
      post_processor: { type: "ByteLevel" },
      decoder: { type: "ByteLevel" },
    },
    layout: layoutTemplate(doubledLayout(first, last)),
  };
}
