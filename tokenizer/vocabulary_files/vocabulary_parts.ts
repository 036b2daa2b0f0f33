import type { LayoutTemplate } from "../row_layout.ts";

/** A JSON object from outside. */
export type Json = Readonly<Record<string, unknown>>;

/** What the files of a vocabulary say in place of a tokenizer.json. */
export interface VocabularyParts {
  /** The parts of a tokenizer.json with the same meaning, without special tokens. */
  readonly json: Json;
  /** The layout of rows; absent: as the languages of the class say. */
  readonly layout?: LayoutTemplate;
}
