/**
 * Tokenizers, as `mod.ts` exports them.
 *
 * @module
 */
export {
  type AnyBatchEncoding,
  AutoTokenizer,
  type BatchEncoding,
  type DecodeOptions,
  PreTrainedTokenizer,
  type TokenIds,
  type TokenizerOptions,
  type TruncationStrategy,
} from "../tokenizer/mod.ts";
