/**
 * An example as a model reads it.
 *
 * @module
 */

/** A sequence of tokens. */
export interface EncodedSequence {
  /** `[tokens]`: their ids. */
  readonly ids: Int32Array;
  /** `[tokens]`: 1 visible, 0 not. */
  readonly mask: Int32Array;
  /** `[tokens]`: which text of a pair; absent: the tokenizer has no types. */
  readonly typeIds?: Int32Array;
  /** `[tokens]`: 1 global, 0 not; absent: the model chooses. */
  readonly globals?: Int32Array;
}

/** An example as a model reads it; what is absent is not of its head. */
export interface EncodedExample {
  /** One sequence, or one for each choice. */
  readonly rows: readonly EncodedSequence[];
  /** The label of all, or a number for each label. */
  readonly label?: number | readonly number[];
  /** `[tokens]`: a label for each token. */
  readonly tokenLabels?: Int32Array;
  /** `[ids]`: what a decoder is to write. */
  readonly targetIds?: Int32Array;
  /** The first and the last token of the answer. */
  readonly answer?: readonly [number, number];
}
