import type { Token } from "./text_to_tokens.ts";

/** A piece of a template: the tokens of a text, or the ids of special tokens around them. */
export type TemplatePiece =
  | { sequence: 0 | 1; typeId: number }
  | { special: readonly number[]; typeId: number };

/** How the tokens of one or two texts become a row of ids: a post-processor of tokenizer.json. */
export interface Template {
  /** The row of one text. */
  single: readonly TemplatePiece[];
  /** The row of a pair. */
  pair: readonly TemplatePiece[];
  /** Whether spaces are trimmed off the offsets, and whether one of them was added in front. */
  trim?: { addPrefixSpace: boolean };
}

/** What the model gets of a row of tokens, and what is known about each; all of one length. */
export interface Row {
  /** The tokens' numbers in the vocabulary. */
  input_ids: number[];
  /** 1 for a token, 0 for padding. */
  attention_mask: number[];
  /** Which text of a pair a token is from, as the model numbers them. */
  token_type_ids: number[];
  /** 1 for what the template or the padding put there, 0 for what is from the text. */
  special_tokens_mask: number[];
  /** Start and end in the text; `[0, 0]` for what is not from the text. */
  offset_mapping: [number, number][];
  /** Which word of its text a token is from; null for what is not from the text. */
  word_ids: (number | null)[];
}

/**
 * Counts the special tokens of a template.
 *
 * @param pieces The template of one text or of a pair.
 * @returns How many tokens it adds to those of the texts.
 */
export function countSpecialTokens(pieces: readonly TemplatePiece[]): number {
  return pieces.reduce((sum, piece) => sum + ("special" in piece ? piece.special.length : 0), 0);
}

/**
 * Puts the tokens of the texts and the special tokens in a row.
 *
 * @param pieces The template of one text or of a pair.
 * @param texts The tokens of each text.
 * @param addSpecialTokens Whether the special tokens are put in.
 * @returns The row.
 */
export function applyTemplate(
  pieces: readonly TemplatePiece[],
  texts: readonly (readonly Token[])[],
  addSpecialTokens: boolean,
): Row {
  const row: Row = {
    input_ids: [],
    attention_mask: [],
    token_type_ids: [],
    special_tokens_mask: [],
    offset_mapping: [],
    word_ids: [],
  };
  const add = (
    id: number,
    typeId: number,
    special: number,
    offsets: [number, number],
    word: number | null,
  ) => {
    row.input_ids.push(id);
    row.attention_mask.push(1);
    row.token_type_ids.push(typeId);
    row.special_tokens_mask.push(special);
    row.offset_mapping.push(offsets);
    row.word_ids.push(word);
  };
  for (const piece of pieces) {
    if ("sequence" in piece) {
      for (const { id, start, end, word } of texts[piece.sequence]) {
        add(id, piece.typeId, 0, [start, end], word);
      }
    } else if (addSpecialTokens) {
      for (const id of piece.special) add(id, piece.typeId, 1, [0, 0], null);
    }
  }
  return row;
}
