/**
 * All readers, for a tokenizer that is made at once.
 *
 * @module
 */
import { Expression } from "./expression/expression.ts";
import { scriptWords } from "./pre_tokenizers/unicode_scripts.ts";
import { readParts } from "./read_parts.ts";
import { readTemplatePieces } from "./read_template_pieces.ts";
import type { Readers } from "./readers.ts";
import { readBpe } from "./token_models/bpe.ts";
import { readUnigram } from "./token_models/unigram.ts";
import { readWordLevel } from "./token_models/word_level.ts";
import { readWordPiece } from "./token_models/word_piece.ts";

/** All readers. */
export const ALL_READERS: Required<Readers> = {
  parts: readParts,
  BPE: readBpe,
  Unigram: readUnigram,
  WordLevel: readWordLevel,
  WordPiece: readWordPiece,
  TemplateProcessing: readTemplatePieces,
  UnicodeScripts: scriptWords,
  Regex: Expression,
};
