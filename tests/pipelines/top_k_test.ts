import { assertEquals } from "@std/assert";
import { Random } from "../../tensor/random.ts";
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

Deno.test("largest() agrees with sorting for any count", () => {
  const random = new Random(5);
  const values = Float32Array.from({ length: 500 }, () => Math.floor(random.uniform() * 40));
  const indices = Array.from(values.keys());
  const sorted = indices.toSorted((a, b) => values[b] - values[a] || a - b);
  for (const count of [0, 1, 7, 99, 100, 101, 499, 500, 600]) {
    assertEquals(largest(values, count), sorted.slice(0, count));
    assertEquals(largest(values, count, indices.toReversed()), sorted.slice(0, count));
  }
});
