/**
 * Pixel coordinates of rows and columns.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";

/** Width and height of the square of all query-key pairs. */
export const SQUARE = 680;

/** Gap between global tokens and text. */
const GAP = 6;

/** Least size of a global token's cell, and the limit that this puts on all of them together. */
const GLOBAL_CELL = 4;
const GLOBAL_ZONE = 40;

/** Maps rows and columns to pixels. */
export interface Layout {
  /** Size of a token's cell. */
  readonly cell: number;
  /** Start of a row or column; one past the last index gives the end of the square. */
  readonly start: (index: number) => number;
  /** End of the row or column before an index, excluding the gap after global tokens. */
  readonly end: (index: number) => number;
}

/**
 * Lays out rows and columns the same way: global tokens, a gap, the text.
 *
 * @param pattern Numbers of global and text tokens.
 * @returns The layout.
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
