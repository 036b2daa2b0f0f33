import { assertEquals, assertThrows } from "@std/assert";
import { estimate } from "../../../bench/table1/estimate.ts";

Deno.test("estimate() returns the mean and its standard error", () => {
  assertEquals(estimate([1, 2, 3, 6]), { mean: 3, error: Math.sqrt(14 / 3 / 4) });
  assertEquals(estimate([5]), { mean: 5, error: 0 });
  assertThrows(() => estimate([]), RangeError, "no values");
});
