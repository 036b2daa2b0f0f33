import { assertEquals } from "@std/assert";
import {
  everything,
  slidingWindow,
  type Span,
  spanQueries,
  spanRange,
} from "../../attention/mod.ts";

/** The entries that each of `queries` queries sees of `entries`. */
function seen(span: Span, queries: number, entries: number): number[][] {
  return Array.from({ length: queries }, (_, query) => {
    const [start, end] = spanRange(span, query, entries);
    return Array.from({ length: end - start }, (_, i) => start + i);
  });
}

Deno.test("everything() is every entry, or those up to the query", () => {
  assertEquals(seen(everything(3), 2, 3), [[0, 1, 2], [0, 1, 2]]);
  assertEquals(seen(everything(3, true), 4, 3), [[0], [0, 1], [0, 1, 2], [0, 1, 2]]);
  assertEquals(seen(everything(0), 1, 0), [[]]);
});

Deno.test("slidingWindow() is cut at both ends", () => {
  assertEquals(seen(slidingWindow(1, 2), 4, 4), [[0, 1, 2], [0, 1, 2, 3], [1, 2, 3], [2, 3]]);
  assertEquals(seen(slidingWindow(1, 0), 3, 3), [[0], [0, 1], [1, 2]]);
  assertEquals(seen(slidingWindow(0, 0), 2, 2), [[0], [1]]);
});

Deno.test("spanRange() moves by the stride from block to block", () => {
  const span = { block: 2, stride: 3, start: -1, end: 1, causal: false };
  assertEquals(seen(span, 5, 6), [[0], [0], [2, 3], [2, 3], [5]]);
});

Deno.test("spanRange() is empty, never negative, outside the entries", () => {
  const before = { block: 1, stride: 1, start: -5, end: -3, causal: false };
  const after = { block: 1, stride: 1, start: 3, end: 5, causal: false };
  assertEquals(seen(before, 5, 5), [[], [], [], [], [0]]);
  assertEquals(seen(after, 3, 4), [[3], [], []]);
});

Deno.test("spanRange() with causal ends at the query's own position", () => {
  const span = { block: 2, stride: 2, start: -2, end: 4, causal: true };
  assertEquals(seen(span, 5, 5), [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [2, 3, 4]]);
});

Deno.test("spanQueries() is the inverse of spanRange()", () => {
  const spans = [
    everything(9),
    everything(9, true),
    everything(0),
    slidingWindow(2, 3),
    slidingWindow(0, 0),
    { block: 4, stride: 4, start: -4, end: 8, causal: false },
    { block: 4, stride: 4, start: -4, end: 8, causal: true },
    { block: 4, stride: 2, start: -6, end: -2, causal: false },
    { block: 4, stride: 2, start: 4, end: 8, causal: false },
    { block: 1, stride: 1, start: -40, end: -3, causal: false },
    { block: 3, stride: 5, start: 1, end: 2, causal: false },
  ];
  for (const span of spans) {
    for (const [first, count] of [[0, 14], [5, 6], [3, 0]]) {
      for (let entry = 0; entry < 17; entry++) {
        const seeing = Array.from({ length: count }, (_, i) => first + i).filter((query) => {
          const [start, end] = spanRange(span, query, 17);
          return start <= entry && entry < end;
        });
        const [from, after] = spanQueries(span, entry, first, count);
        const found = Array.from({ length: after - from }, (_, i) => from + i);
        assertEquals(found, seeing, `${JSON.stringify(span)}, entry ${entry}`);
      }
    }
  }
});
