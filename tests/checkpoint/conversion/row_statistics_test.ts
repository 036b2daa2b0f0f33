import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  computeDeviations,
  computeMean,
  computeRowStatistics,
} from "../../../checkpoint/conversion/row_statistics.ts";

const TABLE = new Float32Array([1, 2, 0, 3, 6, 1, 2, 1, 5, 7, 3, 2]);

// Expected values of numpy's mean, std(ddof=1) and cov.
Deno.test("computeRowStatistics() matches numpy", () => {
  const { mean, covariance } = computeRowStatistics(TABLE, 3);
  assertEquals(mean, new Float64Array([3.25, 3, 2]));
  assertEquals(mean, computeMean(TABLE, 3));
  const expected = [
    83 / 12,
    4 / 3,
    1 / 3,
    4 / 3,
    14 / 3,
    -7 / 3,
    1 / 3,
    -7 / 3,
    14 / 3,
  ];
  covariance.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-14));
});

Deno.test("computeDeviations() matches numpy", () => {
  const expected = [2.6299556396765835, 2.160246899469287, 2.160246899469287];
  computeDeviations(TABLE, 3).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-14));
});

Deno.test("a deviation of fewer than two rows is an error", () => {
  const row = new Float32Array([1, 2, 3]);
  assertThrows(() => computeDeviations(row, 3), RangeError, "1 rows");
  assertThrows(() => computeRowStatistics(row, 3), RangeError, "1 rows");
});
