/**
 * Tokenizers, as `mod.ts` exports them.
 *
 * @module
 */
export {
  type AnyBatchEncoding,
  AutoTokenizer,
  type BatchEncoding,
  type ChatMessage,
  type ChatMessagePart,
  type ChatTemplateOptions,
  type ChatTemplates,
  type DecodeOptions,
  loadChatTemplates,
  PreTrainedTokenizer,
  type TokenIds,
  type TokenizerOptions,
  type TruncationStrategy,
} from "../tokenizer/mod.ts";
