/** The tokens of a text, a pair or a window, in typed arrays with one value per token. */
export interface EncodedRow {
  /** Index of the text in the batch. */
  readonly sample: number;
  /** The tokens' ids. */
  readonly ids: Int32Array;
  /** 1 for a token, 0 for padding. */
  readonly mask: Int32Array;
  /** Token types: which text of a pair a token belongs to; absent if not asked for. */
  readonly typeIds?: Int32Array;
  /** 1 for special tokens that the template adds and for padding, 0 for tokens of the text. */
  readonly special: Int32Array;
  /** Start in the text, in UTF-16 code units; 0 for special tokens and padding. */
  readonly starts: Int32Array;
  /** End in the text; 0 for special tokens and padding. */
  readonly ends: Int32Array;
  /** Index of the word in its text; -1 for special tokens and padding. */
  readonly words: Int32Array;
}
