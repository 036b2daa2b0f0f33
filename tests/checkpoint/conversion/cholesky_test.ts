import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { cholesky } from "../../../checkpoint/conversion/cholesky.ts";
import { computeRowStatistics } from "../../../checkpoint/conversion/row_statistics.ts";
import { Random } from "../../../tensor/random.ts";

function assertFactors(matrix: Float64Array, width: number): void {
  const lower = cholesky(matrix, width);
  const largest = matrix.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      if (j > i) assertEquals(lower[i * width + j], 0);
      let product = 0;
      for (let k = 0; k < width; k++) product += lower[i * width + k] * lower[j * width + k];
      // Backward error of a factorization: `width` rounding errors of the largest element, and
      // pivots of the same size that count as zero.
      const bound = 4 * width * Number.EPSILON * largest;
      assert(Math.abs(product - matrix[i * width + j]) <= bound, `${i} ${j} ${product}`);
    }
  }
}

Deno.test("cholesky() matches numpy", () => {
  const matrix = [83 / 12, 4 / 3, 1 / 3, 4 / 3, 14 / 3, -7 / 3, 1 / 3, -7 / 3, 14 / 3];
  // deno-fmt-ignore
  const expected = [
    2.629955639676583, 0, 0,
    0.5069794004195823, 2.0999139397167843, 0,
    0.12674485010489558, -1.1417564863487435, 1.8294793072126083,
  ];
  const lower = cholesky(Float64Array.from(matrix), 3);
  expected.forEach((value, i) => assertAlmostEquals(lower[i], value, 1e-14));
});

Deno.test("cholesky() factors covariances, including those of fewer rows than columns", () => {
  for (const [rows, width] of [[40, 7], [8, 8], [5, 8], [2, 3]]) {
    const table = new Random(rows).normals(rows * width);
    assertFactors(computeRowStatistics(table, width).covariance, width);
  }
});

Deno.test("cholesky() factors the zero matrix", () => {
  assertEquals(cholesky(new Float64Array(9), 3), new Float64Array(9));
});
