/**
 * Spans (see ops/span.ts) and the scores that they hide.
 *
 * Scores are `[keys, 8]`: those of eight queries side by side. Scores of keys that a query does not
 * see become −∞, whose weight is 0.
 */
import { Span } from "./arguments";
import { TILE_COLUMNS } from "./tile";

/** First entry that the query at a position sees; queries after it see none before. */
export function spanStart(span: Span, position: i32): i32 {
  return max(0, position / span.block * span.stride + span.start);
}

/** Entry after the last that the query at a position sees; it may be past the end of the list. */
export function spanEnd(span: Span, position: i32): i32 {
  const end = position / span.block * span.stride + span.end;
  return span.causal ? min(end, position + 1) : end;
}

/** Whether the queries at `first` to `last` all see the same. */
export function isSameForAll(span: Span, first: i32, last: i32): bool {
  return !span.causal && (span.stride == 0 || first / span.block == last / span.block);
}

/** Number of ascending values that are below a limit. */
export function countBelow(limit: i32, numbers: usize, count: i32): i32 {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i32>(numbers + (middle << 2)) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Hides entries, at `count` ascending positions, from those queries `first` to `last` that do not
 * see them.
 */
export function hideOutside(
  span: Span, first: i32, last: i32, positions: usize, count: i32, scores: usize,
): void {
  // Both ends only move forward, so checking the first and the last query suffices.
  const highest = load<i32>(positions + ((count - 1) << 2));
  if (spanStart(span, last) <= load<i32>(positions) && spanEnd(span, first) > highest) return;
  for (let position = first; position <= last; position++) {
    const low = countBelow(spanStart(span, position), positions, count);
    const high = countBelow(spanEnd(span, position), positions, count);
    const column = scores + ((position - first) << 2);
    for (let k = 0; k < low; k++) store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    for (let k = max(low, high); k < count; k++) {
      store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    }
  }
}
