import { assertEquals, assertThrows } from "@std/assert";
import { slidingWindows, truncatedLengths } from "../../tokenizer/windows.ts";

Deno.test("slidingWindows() covers all tokens, each window sharing stride with the last", () => {
  const tokens = Array.from({ length: 23 }, (_, i) => i);
  for (const side of ["left", "right"] as const) {
    for (let length = 1; length <= 25; length++) {
      for (let stride = 0; stride < length; stride++) {
        const windows = slidingWindows(tokens, length, stride, side);
        const ordered = side === "right" ? windows : [...windows].reverse();
        assertEquals([...new Set(ordered.flat())], tokens);
        for (const [i, window] of windows.entries()) {
          const isLast = i === windows.length - 1;
          assertEquals(window.length <= length && (isLast || window.length === length), true);
        }
        for (let i = 1; i < ordered.length; i++) {
          const shared = ordered[i - 1].filter((token) => ordered[i].includes(token));
          assertEquals(shared.length, stride);
        }
      }
    }
  }
});

Deno.test("slidingWindows() starts at the side that is not truncated", () => {
  assertEquals(slidingWindows([1, 2, 3, 4, 5], 3, 1, "right"), [[1, 2, 3], [3, 4, 5]]);
  assertEquals(slidingWindows([1, 2, 3, 4], 3, 1, "left"), [[2, 3, 4], [1, 2]]);
  assertEquals(slidingWindows([], 3, 1, "right"), [[]]);
});

Deno.test("slidingWindows() refuses windows that do not advance", () => {
  assertThrows(() => slidingWindows([1, 2, 3], 2, 2, "right"), RangeError, "stride");
  assertThrows(() => slidingWindows([1], 0, 0, "right"), RangeError, "stride");
});

Deno.test("truncatedLengths() fills the room and truncates the longer text first", () => {
  for (let first = 0; first < 9; first++) {
    for (let second = 0; second < 9; second++) {
      for (let room = 0; room < 20; room++) {
        const [a, b] = truncatedLengths(first, second, room, "longest_first");
        assertEquals(a + b, Math.min(first + second, room));
        assertEquals(a >= 0 && a <= first && b >= 0 && b <= second, true);
        // A truncated text stays at least as long as the other, up to one token.
        if (a < first) assertEquals(a >= b - 1, true);
        if (b < second) assertEquals(b >= a - 1, true);
      }
    }
  }
});

Deno.test("truncatedLengths() truncates only the given text", () => {
  assertEquals(truncatedLengths(5, 4, 6, "only_first"), [2, 4]);
  assertEquals(truncatedLengths(5, 4, 6, "only_second"), [5, 1]);
  assertEquals(truncatedLengths(5, 4, 9, "only_second"), [5, 4]);
  assertThrows(() => truncatedLengths(5, 4, 5, "only_second"), RangeError, "4 tokens are too many");
  assertThrows(() => truncatedLengths(5, 0, 4, "only_second"), RangeError, "that text has 0");
});
