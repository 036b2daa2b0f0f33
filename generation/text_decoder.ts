/**
 * What generation asks of a tokenizer.
 *
 * @module
 */

/** Options of decoding. */
export interface TextDecoderOptions {
  /** Whether to omit special tokens. */
  skip_special_tokens?: boolean;
  /** Whether to remove spaces before punctuation. */
  clean_up_tokenization_spaces?: boolean;
}

/** Decodes ids; a tokenizer does. */
export interface TextDecoder {
  /**
   * Makes a text of ids.
   *
   * @param ids The ids.
   * @param options Options such as `skip_special_tokens`.
   * @returns The text.
   */
  decode(ids: number[], options?: TextDecoderOptions): string;
}
