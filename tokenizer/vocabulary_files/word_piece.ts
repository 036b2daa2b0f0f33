import { layoutTemplate, textA, textB } from "../row_layout.ts";
import type { VocabularyParts } from "./vocabulary_parts.ts";

/**
 * Makes the parts of a WordPiece tokenizer from vocab.txt, as transformers converts the tokenizers of
 * BERT, DistilBERT and ELECTRA.
 *
 * @param text The content of vocab.txt: a token a line, in the order of the ids.
 * @param unknown The token for words that the vocabulary lacks.
 * @param first The token at the beginning of a text.
 * @param last The token at its end.
 * @returns The parts; the normalizer has its defaults.
 */
export function wordPieceParts(
  text: string,
  unknown: string,
  first: string,
  last: string,
): VocabularyParts {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const vocab: Record<string, number> = Object.create(null);
  for (const [id, token] of lines.entries()) vocab[token] = id;
  const end = { token: last };
  const single = [{ token: first }, textA, end];
  return {
    json: {
      normalizer: { type: "BertNormalizer" },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: { type: "WordPiece", vocab, unk_token: unknown },
      decoder: { type: "WordPiece" },
    },
    layout: layoutTemplate({
      single,
      pair: [...single, { ...textB, typeId: 1 }, { ...end, typeId: 1 }],
    }),
  };
}
