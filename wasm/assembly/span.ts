/**
 * Spans, as attention/span.ts has them, and the scores that they hide.
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

/** Hides masked keys. */
export function hideMasked(mask: usize, count: i32, scores: usize): void {
  for (let k = 0; k < count; k++) {
    if (load<i32>(mask + (k << 2))) continue;
    const at = scores + <usize> k * TILE_COLUMNS * 4;
    v128.store(at, f32x4.splat(-Infinity));
    v128.store(at, f32x4.splat(-Infinity), 16);
  }
}

/** Hides of `count` entries from `key` on those that the queries at `first` to `last` do not see. */
export function hideOutside(
  span: usize, first: i32, last: i32, key: i32, count: i32, scores: usize,
): void {
  // Both ends only move forward, so the first and the last query tell of all.
  if (spanStart(span, last) <= key && spanEnd(span, first) >= key + count) return;
  for (let place = first; place <= last; place++) {
    const low = min(count, spanStart(span, place) - key);
    const high = max(low, spanEnd(span, place) - key);
    const column = scores + ((place - first) << 2);
    for (let k = 0; k < low; k++) store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    for (let k = max(0, high); k < count; k++) {
      store<f32>(column + <usize> k * TILE_COLUMNS * 4, -Infinity);
    }
  }
}
