/**
 * Readers of what byte-level BPE does without: those that a tokenizer.json asks for are imported.
 *
 * @module
 */
import type { AlignedText } from "./aligned_text.ts";
import type { Expression } from "./expression/expression.ts";
import type { JsonPart } from "./json_part.ts";
import type { JsonTextParts, TextParts } from "./plain_parts.ts";
import type { Template } from "./template.ts";
import type { TokenModel } from "./token_models/token_model.ts";

/** The module of a type of models. */
interface ModelReader {
  readonly readModel: (part: JsonPart) => TokenModel;
}

/**
 * The modules that parts of a tokenizer.json need, but for `parts` by the type or the key that asks
 * for them; absent: nothing does.
 */
export interface Readers {
  /** Reads normalizer, pre-tokenizer and decoder, if they are not plain. */
  readonly parts?: {
    readonly readParts: (
      json: JsonTextParts,
      name: string,
      isAdded: (token: string) => boolean,
      readers: Readers,
    ) => TextParts;
  };
  /** Reads the model of that type. */
  readonly Unigram?: ModelReader;
  /** Reads the model of that type. */
  readonly WordLevel?: ModelReader;
  /** Reads the model of that type. */
  readonly WordPiece?: ModelReader;
  /** Reads the post-processor of that type. */
  readonly TemplateProcessing?: { readonly readTemplatePieces: (part: JsonPart) => Template };
  /** Splits a text where its script changes. */
  readonly UnicodeScripts?: { readonly scriptWords: (aligned: AlignedText) => AlignedText[] };
  /** Compiles a regular expression in the syntax of Python's tokenizers. */
  readonly Regex?: { readonly Expression: new (source: string, name: string) => Expression };
}
