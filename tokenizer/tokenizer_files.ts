/**
 * The files of a tokenizer.
 *
 * @module
 */
import type { ChatTemplates } from "./chat/chat_template_options.ts";

/** The parsed files of a tokenizer. */
export interface TokenizerFiles {
  /** The content of tokenizer.json; absent: the files of the class's vocabulary are used. */
  tokenizerJson?: Readonly<Record<string, unknown>>;
  /** The content of vocab.json, with `merges`: byte-level BPE. */
  vocab?: Readonly<Record<string, unknown>>;
  /** The content of merges.txt. */
  merges?: string;
  /** The content of vocab.txt: WordPiece. */
  vocabText?: string;
  /** A SentencePiece model: the content of spiece.model or sentencepiece.bpe.model. */
  sentencePiece?: Uint8Array;
  /** The content of tokenizer_config.json. */
  tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** The content of special_tokens_map.json, for tokens that tokenizer_config.json lacks. */
  specialTokensMap?: Readonly<Record<string, unknown>>;
  /** The content of added_tokens.json, for tokenizers of before `added_tokens_decoder`. */
  addedTokens?: Readonly<Record<string, unknown>>;
  /**
   * The content of chat_template.jinja, or several templates by name; they come before those of
   * tokenizer_config.json.
   */
  chatTemplates?: ChatTemplates;
  /** The content of config.json: its `model_type` gives the class if the other files do not. */
  modelConfig?: Readonly<Record<string, unknown>>;
}
