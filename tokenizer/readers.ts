/**
 * Readers of what not every tokenizer.json has: those that it asks for are imported.
 *
 * @module
 */
import type { AlignedText } from "./aligned_text.ts";
import type { Expression } from "./expression/expression.ts";
import type { JsonPart } from "./json_part.ts";
import type { UnicodeForm } from "./normalizers/canonical_form.ts";
import type { TokenModel } from "./token_models/token_model.ts";

/** A reader of a model. */
type ModelReader = (part: JsonPart) => TokenModel;

/** A reader of a normalizer. */
type NormalizerReader = (part: JsonPart) => (aligned: AlignedText) => AlignedText;

/** What parts of a tokenizer.json need; absent: no part of it does. */
export interface Readers {
  /** Reads the model of that type. */
  readonly BPE?: ModelReader;
  /** Reads the model of that type. */
  readonly Unigram?: ModelReader;
  /** Reads the model of that type. */
  readonly WordLevel?: ModelReader;
  /** Reads the model of that type. */
  readonly WordPiece?: ModelReader;
  /** Reads the normalizer of that type. */
  readonly BertNormalizer?: NormalizerReader;
  /** Reads the normalizer of that type. */
  readonly Precompiled?: NormalizerReader;
  /** Rewrites a text in a form of Unicode. */
  readonly canonicalForm?: (aligned: AlignedText, form: UnicodeForm) => AlignedText;
  /** Tells whether a character is a mark. */
  readonly isMark?: (character: string) => boolean;
  /** Matches a punctuation mark. */
  readonly punctuation?: RegExp;
  /** Splits a text where its script changes. */
  readonly scriptWords?: (aligned: AlignedText) => AlignedText[];
  /** Compiles a regular expression in the syntax of Python's tokenizers. */
  readonly Regex?: new (source: string) => Expression;
}
