import { assertEquals } from "@std/assert";
import { findBeyond } from "../find_beyond.ts";

Deno.test("findBeyond finds the first value that is too large or no number", () => {
  for (const wrong of [2.5, -2.5, Infinity, -Infinity, NaN]) {
    assertEquals(findBeyond(new Float32Array([2, -2, wrong, 9]), 2), 2, String(wrong));
  }
});

Deno.test("findBeyond gives -1 where all are allowed", () => {
  assertEquals(findBeyond(new Float32Array([2, -2, 0, -0]), 2), -1);
  assertEquals(findBeyond(new Float32Array(), 2), -1);
  assertEquals(findBeyond(new Float32Array([3.4e38, -3.4e38]), Number.MAX_VALUE), -1);
});
