/**
 * Tokenizers that convert text to ids and back: WordPiece, BPE, Unigram and WordLevel, read from a
 * checkpoint's tokenizer.json, else from vocab.txt, from vocab.json and merges.txt, or from a
 * SentencePiece model.
 *
 * @example Text to ids and back
 * ```ts
 * import { AutoTokenizer } from "@lsg/core/tokenizer";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
 * const ids = tokenizer.encode("A long letter.");
 * console.log(tokenizer.decode(ids, { skip_special_tokens: true })); // A long letter.
 * ```
 *
 * @module
 */

// Stars of values: a bundler then loads what is used; see the note in the root's mod.ts.
export * from "./auto_tokenizer.ts";
export type { AnyBatchEncoding, BatchEncoding } from "./batch_encoding.ts";
export type {
  ChatMessage,
  ChatMessagePart,
  ChatTemplateOptions,
  ChatTemplates,
} from "./chat/chat_template_options.ts";
export * from "./chat_tokenizer.ts";
export { Callable } from "../base/callable.ts";
export type { EncodedRow } from "./encoded_row.ts";
export * from "./languages.ts";
export * from "./chat/load_chat_templates.ts";
export type { RowOptions, TokenizerOptions } from "./options.ts";
export * from "./pre_trained_tokenizer.ts";
export type { SpecialTokenRole, SpecialTokens } from "./special_tokens.ts";
export type { Template, TemplatePiece } from "./template.ts";
export type { Token, TokenSpan } from "./text_to_tokens.ts";
export { TokenizerTokens } from "./tokenizer_tokens.ts";
export type { DecodeOptions, TokenIds, TokenizerParts } from "./tokenizer_parts.ts";
export * from "./tokenizer_from_files.ts";
export type { TruncationStrategy } from "./windows.ts";
