import { assert, assertEquals, assertThrows } from "@std/assert";
import { drawIndependentColumns, drawRows } from "../../../checkpoint/conversion/draw_rows.ts";
import { computeRowStatistics } from "../../../checkpoint/conversion/row_statistics.ts";
import { Random } from "../../../tensor/random.ts";

// Three correlated columns.
const TABLE = Float32Array.from(
  { length: 300 },
  (() => {
    const normals = new Random(1).normals(300);
    return (_, i) => normals[i] + (i % 3 ? normals[i - 1] : 5);
  })(),
);
const COUNT = 20_000;

function checkedStatistics(drawn: Float32Array) {
  assertEquals(drawn.length, COUNT * 3);
  return computeRowStatistics(drawn, 3);
}

/** Four standard errors of a mean, or of a covariance (at most √2 · σᵢσⱼ each). */
function assertClose(actual: Float64Array, expected: Float64Array, largestVariance: number): void {
  const bound = 4 * Math.SQRT2 * Math.max(1, largestVariance) / Math.sqrt(COUNT);
  actual.forEach((value, i) => assert(Math.abs(value - expected[i]) < bound, `${i}: ${value}`));
}

Deno.test("drawRows() matches the table's mean and covariance", () => {
  const expected = computeRowStatistics(TABLE, 3);
  const actual = checkedStatistics(drawRows(TABLE, 3, COUNT, new Random(2)));
  const largest = Math.max(...expected.covariance);
  assertClose(actual.mean, expected.mean, largest);
  assertClose(actual.covariance, expected.covariance, largest);
});

Deno.test("drawIndependentColumns() matches the table's mean and variances, without correlation", () => {
  const expected = computeRowStatistics(TABLE, 3);
  const actual = checkedStatistics(drawIndependentColumns(TABLE, 3, COUNT, new Random(2)));
  const largest = Math.max(...expected.covariance);
  const diagonal = expected.covariance.map((value, i) => i % 4 === 0 ? value : 0);
  assert(Math.abs(expected.covariance[1]) > 0.5, "the table's own columns must be correlated");
  assertClose(actual.mean, expected.mean, largest);
  assertClose(actual.covariance, diagonal, largest);
});

Deno.test("drawRows() and drawIndependentColumns() draw normals in row-major order", () => {
  // The mean is 3, the deviation √2, and the rest the generator's own sequence.
  const table = new Float32Array([2, 4]);
  const normals = new Random(7).normals(3);
  const expected = normals.map((normal) => 3 + Math.SQRT2 * normal);
  assertEquals(drawRows(table, 1, 3, new Random(7)), expected);
  assertEquals(drawIndependentColumns(table, 1, 3, new Random(7)), expected);
});

Deno.test("drawRows() and drawIndependentColumns() throw on fewer than two rows", () => {
  for (const draw of [drawRows, drawIndependentColumns]) {
    assertThrows(() => draw(new Float32Array(3), 3, 1, new Random(0)), RangeError, "1 rows");
  }
});
