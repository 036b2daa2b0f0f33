/** Which of two texts is cut when they are too long together. */
export type TruncationStrategy = "longest_first" | "only_first" | "only_second";

/**
 * How many tokens of each text fit.
 *
 * @param first The number of tokens of the first text.
 * @param second The number of tokens of the second text; 0 without one.
 * @param room How many tokens fit in all, special tokens not counted.
 * @param strategy Which text is cut.
 * @returns The number of tokens that stay of the first and of the second text.
 * @throws {RangeError} If the text that may be cut is not longer than the excess.
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
    // The shorter text stays whole if it takes at most half, else both get half.
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
 * Cuts tokens into windows that overlap.
 *
 * @param tokens The tokens of one text.
 * @param length The number of tokens in a window.
 * @param stride How many tokens a window shares with the one before.
 * @param side Where the tokens that do not fit are: `"right"` keeps the start in the first window,
 * `"left"` keeps the end there and goes on towards the start.
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
      `Cannot cut ${tokens.length} tokens into windows of ${length} that share ${stride}: ` +
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
