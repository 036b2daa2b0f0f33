/** Which text of a pair is truncated if both together are too long. */
export type TruncationStrategy = "longest_first" | "only_first" | "only_second";

/**
 * Computes how many tokens of each text remain after truncation.
 *
 * @param first The number of tokens of the first text.
 * @param second The number of tokens of the second text; 0 without one.
 * @param room The number of tokens that fit, special tokens excluded.
 * @param strategy Which text is truncated.
 * @returns The number of tokens that remain of the first and of the second text.
 * @throws {RangeError} If the text that may be truncated is not longer than the excess.
 */
export function truncatedLengths(
  first: number,
  second: number,
  room: number,
  strategy: TruncationStrategy,
): [number, number] {
  const excess = first + second - room;
  if (excess <= 0) return [first, second];
  if (strategy === "longest_first") {
    if (second === 0) return [room, 0];
    const shorter = Math.min(first, second);
    // The shorter text stays whole if it fits into half the room; otherwise each gets half.
    const kept = Math.min(shorter, Math.floor(room / 2));
    return first <= second ? [kept, room - kept] : [room - kept, kept];
  }
  const target = strategy === "only_first" ? first : second;
  if (target <= excess) {
    throw new RangeError(
      `Cannot truncate with "${strategy}": ${excess} tokens are too many, and that text has ` +
        `${target}; wanted a longer max_length or "longest_first"`,
    );
  }
  return strategy === "only_first" ? [first - excess, second] : [first, second - excess];
}

/**
 * Splits tokens into overlapping windows.
 *
 * @param tokens The tokens of one text.
 * @param length The number of tokens in a window.
 * @param stride The number of tokens that a window shares with the one before.
 * @param side The side that is truncated: with `"right"` the first window has the start of the
 * text, with `"left"` its end.
 * @returns The windows; a single one if all tokens fit.
 * @throws {RangeError} If the stride is not shorter than a window.
 */
export function slidingWindows<T>(
  tokens: readonly T[],
  length: number,
  stride: number,
  side: "left" | "right",
): T[][] {
  if (tokens.length <= length) return [[...tokens]];
  if (stride >= length) {
    throw new RangeError(
      `Cannot split ${tokens.length} tokens into windows of ${length} that share ${stride}: ` +
        "wanted a stride shorter than the window (max_length less the special tokens)",
    );
  }
  const windows: T[][] = [];
  for (let skipped = 0;; skipped += length - stride) {
    const start = side === "right" ? skipped : tokens.length - skipped - length;
    windows.push(tokens.slice(Math.max(0, start), start + length));
    if (skipped + length >= tokens.length) return windows;
  }
}
