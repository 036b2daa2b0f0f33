/**
 * All readers, for a tokenizer that is made at once.
 *
 * @module
 */
import { readDecoder } from "./decoders/read_decoder.ts";
import { Expression } from "./expression/expression.ts";
import { bertNormalizer } from "./normalizers/bert.ts";
import { canonicalForm } from "./normalizers/canonical_form.ts";
import { readPrecompiled } from "./normalizers/precompiled.ts";
import { readNormalizer } from "./normalizers/read_normalizer.ts";
import { readPreTokenizer } from "./pre_tokenizers/read_pre_tokenizer.ts";
import { scriptWords } from "./pre_tokenizers/unicode_scripts.ts";
import { readTemplatePieces } from "./read_template_pieces.ts";
import type { Readers } from "./readers.ts";
import { readBpe } from "./token_models/bpe.ts";
import { readUnigram } from "./token_models/unigram.ts";
import { readWordLevel } from "./token_models/word_level.ts";
import { readWordPiece } from "./token_models/word_piece.ts";
import { isMark, punctuation } from "./unicode_tables.ts";

/** All readers. */
export const ALL_READERS: Required<Readers> = {
  normalizer: readNormalizer,
  preTokenizer: readPreTokenizer,
  decoder: readDecoder,
  BPE: readBpe,
  Unigram: readUnigram,
  WordLevel: readWordLevel,
  WordPiece: readWordPiece,
  TemplateProcessing: readTemplatePieces,
  BertNormalizer: bertNormalizer,
  Precompiled: readPrecompiled,
  canonicalForm,
  isMark,
  punctuation,
  scriptWords,
  Regex: Expression,
};
