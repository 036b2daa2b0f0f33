/**
 * Where rows and columns lie in the picture, in pixels.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";

/** Width and height of the square that holds all pairs. */
export const SQUARE = 680;

/** Between global tokens and the text. */
const GAP = 6;

/** Pixels that a global token gets where cells are smaller, and all of them together at most. */
const GLOBAL_CELL = 4;
const GLOBAL_ZONE = 40;

/** The scale of a picture. */
export interface Layout {
  /** Pixels of a token. */
  readonly cell: number;
  /** Where a row or column starts; the number after the last gives the end of the square. */
  readonly start: (index: number) => number;
  /** Where the row or column before a number ends: without the gap behind global tokens. */
  readonly end: (index: number) => number;
}

/**
 * Lays rows and columns out alike: global tokens, a gap, the text.
 *
 * @param pattern Numbers of global tokens and of tokens.
 * @returns The scale.
 */
export function layOut(
  { globals, tokens }: Pick<AttentionPattern, "globals" | "tokens">,
): Layout {
  const gap = globals > 0 ? GAP : 0;
  const even = (SQUARE - gap) / (globals + tokens);
  const globalCell = Math.max(even, Math.min(GLOBAL_CELL, GLOBAL_ZONE / Math.max(globals, 1)));
  const textStart = globals * globalCell + gap;
  const cell = (SQUARE - textStart) / tokens;
  const start = (index: number) =>
    index < globals ? index * globalCell : textStart + (index - globals) * cell;
  return { cell, start, end: (index) => index <= globals ? index * globalCell : start(index) };
}
