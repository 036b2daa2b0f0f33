import { assertEquals } from "@std/assert";
import { largest } from "../../base/largest.ts";

Deno.test("the largest of few values, of none, and of more than a call takes arguments", () => {
  assertEquals(largest([3, 7, 5]), 7);
  assertEquals(largest([]), -Infinity);
  assertEquals(largest(new Int32Array(1_000_000).fill(4)), 4);
});
