import type { EncodedRow } from "./encoded_row.ts";
import type { Token } from "./text_to_tokens.ts";

/** A piece of a template: the tokens of a text, or the ids of special tokens. */
export type TemplatePiece =
  | { sequence: 0 | 1; typeId: number }
  | { special: readonly number[]; typeId: number };

/** The layout of a row: the post-processor of a tokenizer.json. */
export interface Template {
  /** The row of one text. */
  single: readonly TemplatePiece[];
  /** The row of a pair. */
  pair: readonly TemplatePiece[];
  /** Present if offsets exclude spaces at the ends of a token; whether a prefix space was added. */
  trim?: { addPrefixSpace: boolean };
}

/**
 * Counts the special tokens of a template.
 *
 * @param pieces The template of one text or of a pair.
 * @returns Their number.
 */
export function countSpecialTokens(pieces: readonly TemplatePiece[]): number {
  return pieces.reduce((sum, piece) => sum + ("special" in piece ? piece.special.length : 0), 0);
}

/**
 * Lays out the tokens of the texts and the special tokens as a row.
 *
 * @param pieces The template of one text or of a pair.
 * @param texts The tokens of each text.
 * @param addSpecialTokens Whether to add the special tokens.
 * @param sample Index of the text in the batch.
 * @returns The row.
 */
export function applyTemplate(
  pieces: readonly TemplatePiece[],
  texts: readonly (readonly Token[])[],
  addSpecialTokens: boolean,
  sample: number,
): EncodedRow {
  const used = pieces.filter((piece) => addSpecialTokens || "sequence" in piece);
  const length = used.reduce(
    (sum, piece) => sum + ("special" in piece ? piece.special : texts[piece.sequence]).length,
    0,
  );
  const row = {
    sample,
    ids: new Int32Array(length),
    mask: new Int32Array(length).fill(1),
    typeIds: new Int32Array(length),
    special: new Int32Array(length),
    starts: new Int32Array(length),
    ends: new Int32Array(length),
    words: new Int32Array(length).fill(-1),
  };
  let at = 0;
  for (const piece of used) {
    const start = at;
    if ("special" in piece) {
      row.ids.set(piece.special, at);
      at += piece.special.length;
      row.special.fill(1, start, at);
    } else {
      for (const token of texts[piece.sequence]) {
        row.ids[at] = token.id;
        row.starts[at] = token.start;
        row.ends[at] = token.end;
        row.words[at++] = token.word;
      }
    }
    row.typeIds.fill(piece.typeId, start, at);
  }
  return row;
}
