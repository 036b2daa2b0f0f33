/**
 * Spans, as ops/span.ts has them, and the scores that they hide.
 *
 * Scores are `[keys, 8]`: those of eight queries side by side. What is not seen becomes −∞, which
 * has the weight 0.
 */
import { TILE_COLUMNS } from "./tile";

/** First entry that the query at a place sees; queries after it see none before. */
export function spanStart(span: usize, place: i32): i32 {
  return max(0, place / load<i32>(span) * load<i32>(span, 4) + load<i32>(span, 8));
}

/** Entry after the last that the query at a place sees, were there so many. */
export function spanEnd(span: usize, place: i32): i32 {
  const end = place / load<i32>(span) * load<i32>(span, 4) + load<i32>(span, 12);
  return load<i32>(span, 16) ? min(end, place + 1) : end;
}

/** Whether the queries at `first` to `last` all see the same. */
export function isSameForAll(span: usize, first: i32, last: i32): bool {
  const block = load<i32>(span), stride = load<i32>(span, 4), causal = load<i32>(span, 16);
  return !causal && (stride == 0 || first / block == last / block);
}

/** How many of ascending numbers are below a limit. */
export function countBelow(limit: i32, numbers: usize, count: i32): i32 {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i32>(numbers + (middle << 2)) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of entries at `count` ascending places hides what the queries `first` to `last` do not see. */
export function hideOutside(
  span: usize, first: i32, last: i32, places: usize, count: i32, scores: usize,
): void {
  // Both ends only move forward, so the first and the last query tell of all.
  const highest = load<i32>(places + ((count - 1) << 2));
  if (spanStart(span, last) <= load<i32>(places) && spanEnd(span, first) > highest) return;
  for (let place = first; place <= last; place++) {
    const low = countBelow(spanStart(span, place), places, count);
    const high = countBelow(spanEnd(span, place), places, count);
    const column = scores + ((place - first) << 2);
    for (let k = 0; k < low; k++) store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    for (let k = max(low, high); k < count; k++) {
      store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    }
  }
}
