/**
 * Reads the files that a tokenizer without tokenizer.json is made from.
 *
 * @module
 */
import type { SpecialTokens } from "../special_tokens.ts";
import type { TokenizerClass } from "../tokenizer_class.ts";
import type { TokenizerFiles } from "../tokenizer_files.ts";
import { byteLevelParts } from "./byte_level.ts";
import { readSentencePiece } from "./sentence_piece.ts";
import { findLayout } from "./sentence_piece_layout.ts";
import { sentencePieceParts } from "./sentence_piece_parts.ts";
import type { VocabularyParts } from "./vocabulary_parts.ts";
import { wordPieceParts } from "./word_piece.ts";

/**
 * Makes the parts of a tokenizer from the files of its vocabulary.
 *
 * @param files The parsed files.
 * @param known The tokenizer's class.
 * @param specialTokens The special tokens, defaults of the class included.
 * @returns The parts.
 * @throws {TypeError} If the files are not those that the class needs.
 * @throws {RangeError | SyntaxError} If a file is malformed.
 */
export function readVocabulary(
  files: TokenizerFiles,
  known: TokenizerClass | undefined,
  specialTokens: SpecialTokens,
): VocabularyParts {
  const { vocab, merges, vocabText, sentencePiece, tokenizerConfig: config = {} } = files;
  const kind = known?.vocabulary;
  if (kind === "byteLevel" && vocab !== undefined && merges !== undefined) {
    const { cls_token = "<s>", sep_token = "</s>" } = specialTokens;
    return byteLevelParts(vocab, merges, cls_token, sep_token);
  }
  if (kind === "wordPiece" && vocabText !== undefined) {
    const { unk_token = "[UNK]", cls_token = "[CLS]", sep_token = "[SEP]" } = specialTokens;
    return wordPieceParts(vocabText, unk_token, cls_token, sep_token);
  }
  if (typeof kind === "object" && sentencePiece !== undefined) {
    const model = readSentencePiece(sentencePiece, kind.file);
    const layout = findLayout(kind.layout, known?.languages?.codes ?? []);
    return sentencePieceParts(model, layout, { specialTokens, config }, kind.file);
  }
  throw new TypeError(
    `Cannot create a tokenizer of ${Object.keys(files).join(", ") || "no files"}: wanted ` +
      "tokenizerJson, or the files of the vocabulary that its class needs",
  );
}
