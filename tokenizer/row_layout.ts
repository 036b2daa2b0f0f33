import { showValue } from "../base/show_value.ts";
import type { Template, TemplatePiece } from "./template.ts";

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

/** Gives the template of a layout, whose tokens' ids are looked up; an error if one has none. */
export type LayoutTemplate = (
  tokenToId: (token: string) => number | undefined,
) => Pick<Template, "single" | "pair">;

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
 * Makes the template of a layout.
 *
 * @param layout The layout.
 * @returns Looks up the ids of its tokens.
 */
export function layoutTemplate({ single, pair }: RowLayout): LayoutTemplate {
  return (tokenToId) => {
    const idOf = (token: string): number => {
      const id = tokenToId(token);
      if (id !== undefined) return id;
      throw new RangeError(
        `Cannot read the tokenizer: its vocabulary lacks ${
          showValue(token)
        }, which stands beside texts`,
      );
    };
    return { single: templatePieces(single, idOf), pair: templatePieces(pair, idOf) };
  };
}

/** Looks up the ids of a row's tokens. */
function templatePieces(
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
