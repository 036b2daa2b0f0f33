import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  deviationOfColumns,
  meanOfRows,
  rowStatistics,
} from "../../../checkpoint/conversion/row_statistics.ts";

const TABLE = new Float32Array([1, 2, 0, 3, 6, 1, 2, 1, 5, 7, 3, 2]);

// Expected values: numpy's mean, std(ddof=1) and cov.
Deno.test("rowStatistics() are numpy's", () => {
  const { mean, covariance } = rowStatistics(TABLE, 3);
  assertEquals(mean, new Float64Array([3.25, 3, 2]));
  assertEquals(mean, meanOfRows(TABLE, 3));
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

Deno.test("deviationOfColumns() is numpy's", () => {
  const expected = [2.6299556396765835, 2.160246899469287, 2.160246899469287];
  deviationOfColumns(TABLE, 3).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-14));
});

Deno.test("a deviation needs two rows", () => {
  const row = new Float32Array([1, 2, 3]);
  assertThrows(() => deviationOfColumns(row, 3), RangeError, "1 rows");
  assertThrows(() => rowStatistics(row, 3), RangeError, "1 rows");
});
