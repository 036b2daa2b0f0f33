import type { TemplatePiece } from "./template.ts";

/** A piece of a row: a text, or a special token by its content. The token type is 0 if absent. */
export type RowPiece =
  | { readonly sequence: 0 | 1; readonly typeId?: number }
  | { readonly token: string; readonly typeId?: number };

/** The layout of rows by their tokens: a template whose ids are not known yet. */
export interface RowLayout {
  /** The row of one text. */
  readonly single: readonly RowPiece[];
  /** The row of a pair. */
  readonly pair: readonly RowPiece[];
}

/** The first text. */
export const textA: RowPiece = { sequence: 0 };
/** The second text. */
export const textB: RowPiece = { sequence: 1 };

/**
 * Lays out rows as `<s> A </s>` and `<s> A </s></s> B </s>`.
 *
 * @param first The token at the beginning.
 * @param last The token at the end.
 * @returns The layout.
 */
export function doubledLayout(first: string, last: string): RowLayout {
  const end = { token: last };
  const single = [{ token: first }, textA, end];
  return { single, pair: [...single, end, textB, end] };
}

/**
 * Looks up the ids of a layout's tokens.
 *
 * @param pieces The pieces of a row.
 * @param idOf Looks up the id of a token.
 * @returns The pieces of a template.
 */
export function templatePieces(
  pieces: readonly RowPiece[],
  idOf: (token: string) => number,
): TemplatePiece[] {
  return pieces.map((piece) => {
    const { typeId = 0 } = piece;
    return "token" in piece
      ? { special: [idOf(piece.token)], typeId }
      : { sequence: piece.sequence, typeId };
  });
}
