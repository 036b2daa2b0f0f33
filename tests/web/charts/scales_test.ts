import { assertAlmostEquals, assertEquals } from "@std/assert";
import { axisOf } from "../../../web/charts/scales.ts";

Deno.test("axisOf() maps its ends to the range, and powers to equal steps if logarithmic", () => {
  const linear = axisOf([0, 4, 10], "linear", [100, 0]);
  assertEquals([linear.at(0), linear.at(10), linear.at(5)], [100, 0, 50]);
  const powers = axisOf([512, 1024, 2048], "logarithmic", [0, 10], true);
  assertEquals(powers.ticks, [512, 1024, 2048]);
  assertAlmostEquals(powers.at(1024), 5, 1e-12);
});

Deno.test("axisOf() takes round ticks where there are many values", () => {
  const values = Array.from({ length: 50 }, (_, i) => i / 7);
  const { ticks } = axisOf(values, "linear", [0, 1], true);
  assertEquals(ticks, [0, 1, 2, 3, 4, 5, 6, 7]);
});
