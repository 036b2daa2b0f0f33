import { assertEquals } from "@std/assert";
import { largest } from "../../pipelines/top_k.ts";

Deno.test("largest() returns indices by value, the lower of equal ones first", () => {
  assertEquals(largest([1, 5, 3, 5, -2], 4), [1, 3, 2, 0]);
});

Deno.test("largest() returns all indices if fewer exist than requested", () => {
  assertEquals(largest([1, 2], 5), [1, 0]);
  assertEquals(largest([], 5), []);
});

Deno.test("largest() considers chosen indices only, in any order", () => {
  const among = [4, 0, 2];
  assertEquals(largest([1, 5, 3, 5, -2], 2, among), [2, 0]);
  assertEquals(largest([1, 5, 3, 5, -2], 9, among), [2, 0, 4]);
  assertEquals(among, [4, 0, 2]);
});
