import type { AlignedText } from "../aligned_text.ts";
import { findMatches, type Pattern } from "../pattern.ts";

/** Ways to treat the delimiters between words, with the names of tokenizer.json. */
export const splitBehaviors = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
] as const;

/** One of {@linkcode splitBehaviors}. */
export type SplitBehavior = (typeof splitBehaviors)[number];

interface Piece {
  start: number;
  end: number;
  isDelimiter: boolean;
}

/**
 * Splits a text at delimiters.
 *
 * @param aligned The text.
 * @param delimiter The pattern of a delimiter.
 * @param behavior Whether a delimiter is removed, is a piece of its own, or belongs to the word
 * before or after (of a run only the first or last one does); with `Contiguous` a run is one piece.
 * @param invert Whether the pattern matches words instead of delimiters.
 * @returns The pieces, in order, none of them empty.
 */
export function splitAligned(
  aligned: AlignedText,
  delimiter: Pattern,
  behavior: SplitBehavior,
  invert = false,
): AlignedText[] {
  const pieces = findPieces(aligned.text, delimiter, invert);
  return gather(pieces, behavior)
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => aligned.slice(start, end));
}

function findPieces(text: string, delimiter: Pattern, invert: boolean): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { start, end } of findMatches(text, delimiter)) {
    if (done < start) pieces.push({ start: done, end: start, isDelimiter: invert });
    pieces.push({ start, end, isDelimiter: !invert });
    done = end;
  }
  if (done < text.length) pieces.push({ start: done, end: text.length, isDelimiter: invert });
  return pieces;
}

function gather(pieces: readonly Piece[], behavior: SplitBehavior): Piece[] {
  switch (behavior) {
    case "Removed":
      return pieces.filter((piece) => !piece.isDelimiter);
    case "Isolated":
      return [...pieces];
    case "Contiguous":
      return join(pieces, (piece, before) => piece.isDelimiter === before.isDelimiter);
    case "MergedWithPrevious":
      return join(pieces, (piece, before) => piece.isDelimiter && !before.isDelimiter);
    case "MergedWithNext":
      return join(pieces, (piece, before) => before.isDelimiter && !piece.isDelimiter);
  }
}

/** Joins each piece to the one before it if the two belong together. */
function join(
  pieces: readonly Piece[],
  belongs: (piece: Piece, before: Piece) => boolean,
): Piece[] {
  const joined: Piece[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (i > 0 && belongs(piece, pieces[i - 1])) joined[joined.length - 1].end = piece.end;
    else joined.push({ ...piece });
  }
  return joined;
}
