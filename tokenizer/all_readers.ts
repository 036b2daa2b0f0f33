/**
 * All readers, for a tokenizer that is made at once.
 *
 * @module
 */
import * as expression from "./expression/expression.ts";
import * as unicodeScripts from "./pre_tokenizers/unicode_scripts.ts";
import * as parts from "./read_parts.ts";
import type { Readers } from "./readers.ts";
import * as unigram from "./token_models/unigram.ts";
import * as wordLevel from "./token_models/word_level.ts";
import * as wordPiece from "./token_models/word_piece.ts";

/** All readers. */
export const ALL_READERS: Required<Readers> = {
  parts,
  Unigram: unigram,
  WordLevel: wordLevel,
  WordPiece: wordPiece,
  TemplateProcessing: parts,
  UnicodeScripts: unicodeScripts,
  Regex: expression,
};
