import { assertEquals, assertThrows } from "@std/assert";
import { groupedPositions } from "../../../attention/mod.ts";

Deno.test("groupedPositions() divides by the group, shifts queries by w − ⌊w/Gs⌋", () => {
  const { query, key } = groupedPositions(7, 3, 5);
  assertEquals([...key], [0, 0, 0, 1, 1, 1, 2]);
  assertEquals([...query], [4, 4, 4, 5, 5, 5, 6]);
});

Deno.test("groupedPositions() of groups of one are ordinary", () => {
  const { query, key } = groupedPositions(4, 1, 2);
  assertEquals([...query], [0, 1, 2, 3]);
  assertEquals([...key], [0, 1, 2, 3]);
});

Deno.test("groupedPositions() bring (L − w)·Gs + w tokens into L positions", () => {
  for (const [trained, group, window] of [[16, 4, 8], [32, 2, 10], [20, 3, 9]]) {
    const { query, key } = groupedPositions((trained - window) * group + window, group, window);
    // The farthest pair: last query, first key.
    assertEquals(query.at(-1)! - key[0], trained - 1);
  }
});

Deno.test("groupedPositions() of no tokens are none", () => {
  assertEquals(groupedPositions(0, 2, 2).query.length, 0);
});

Deno.test("groupedPositions() refuses groups and windows that are not whole numbers ≥ 1", () => {
  for (const value of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => groupedPositions(4, value, 2),
      RangeError,
      `Cannot group positions with group ${value}: wanted a whole number ≥ 1`,
    );
    assertThrows(
      () => groupedPositions(4, 2, value),
      RangeError,
      `Cannot group positions with window ${value}: wanted a whole number ≥ 1`,
    );
  }
});
