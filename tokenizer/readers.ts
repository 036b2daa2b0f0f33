/**
 * Readers of what not every tokenizer.json has: those that it asks for are imported.
 *
 * @module
 */
import type { AlignedText } from "./aligned_text.ts";
import type { Expression } from "./expression/expression.ts";
import type { JsonPart } from "./json_part.ts";
import type { UnicodeForm } from "./normalizers/canonical_form.ts";
import type { Template } from "./template.ts";
import type { TokenModel } from "./token_models/token_model.ts";

/** A reader of a model. */
type ModelReader = (part: JsonPart) => TokenModel;

/** A reader of a normalizer. */
type NormalizerReader = (part: JsonPart) => (aligned: AlignedText) => AlignedText;

/** A reader of a whole part, given its name in messages and readers of what it asks for. */
type PartReader<Part, Rest extends readonly unknown[] = []> = (
  value: unknown,
  name: string,
  readers: Readers,
  ...rest: Rest
) => Part;

/** What parts of a tokenizer.json need; absent: no part of it does. */
export interface Readers {
  /** Reads a normalizer. */
  readonly normalizer?: PartReader<(aligned: AlignedText) => AlignedText>;
  /** Reads a pre-tokenizer that is not plain. */
  readonly preTokenizer?: PartReader<(aligned: AlignedText) => AlignedText[]>;
  /** Reads a decoder that is not plain, given whether a token is an added token. */
  readonly decoder?: PartReader<
    (tokens: readonly string[]) => readonly string[],
    [isAdded: (token: string) => boolean]
  >;
  /** Reads the model of that type. */
  readonly BPE?: ModelReader;
  /** Reads the model of that type. */
  readonly Unigram?: ModelReader;
  /** Reads the model of that type. */
  readonly WordLevel?: ModelReader;
  /** Reads the model of that type. */
  readonly WordPiece?: ModelReader;
  /** Reads the post-processor of that type. */
  readonly TemplateProcessing?: (part: JsonPart) => Template;
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
