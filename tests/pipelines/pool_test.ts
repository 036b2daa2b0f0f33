import { assertEquals } from "@std/assert";
import { normalizeRows, pool } from "../../pipelines/pool.ts";

const ROWS = new Float32Array([1, 2, 3, 3, 4, 7]);

Deno.test("pool() returns the mean of the rows, the first row, or all rows", () => {
  assertEquals(pool(ROWS, 3, "mean"), new Float32Array([2, 3, 5]));
  assertEquals(pool(ROWS, 2, "cls"), new Float32Array([1, 2]));
  assertEquals(pool(ROWS, 2, "none"), ROWS);
});

Deno.test("pool() takes the largest values, a sum over the root, a weighted mean, the last row", () => {
  assertEquals(pool(new Float32Array([1, -9, -3, 4]), 2, "max"), new Float32Array([1, 4]));
  assertEquals(
    pool(new Float32Array([1, 2, 3, 4]), 1, "mean_sqrt_len_tokens"),
    new Float32Array([5]),
  );
  assertEquals(pool(ROWS, 3, "weightedmean"), new Float32Array([7 / 3, 10 / 3, 17 / 3]));
  assertEquals(pool(ROWS, 3, "lasttoken"), new Float32Array([3, 4, 7]));
});

Deno.test("pool() joins several poolings, in their order", () => {
  assertEquals(pool(ROWS, 3, ["cls", "max"]), new Float32Array([1, 2, 3, 3, 4, 7]));
  assertEquals(pool(ROWS, 3, ["lasttoken"]), new Float32Array([3, 4, 7]));
});

Deno.test("pool() leaves out rows at the beginning", () => {
  assertEquals(pool(ROWS, 2, "cls", 1), new Float32Array([3, 3]));
  assertEquals(pool(ROWS, 2, "mean", 1), new Float32Array([3.5, 5]));
  assertEquals(pool(ROWS, 2, "max", 2), new Float32Array([4, 7]));
  assertEquals(pool(ROWS, 2, "weightedmean", 1), new Float32Array([3.6, 5.4]));
});

Deno.test("pool() sums many rows in 64 bits", () => {
  const rows = new Float32Array(100_000).fill(0.1);
  assertEquals(pool(rows, 1, "mean"), new Float32Array([0.1]));
});

Deno.test("normalizeRows() scales each row to length 1 and keeps zeros", () => {
  const rows = normalizeRows(new Float32Array([3, 4, 0, 0, -5, 0]), 2);
  assertEquals(rows, new Float32Array([0.6, 0.8, 0, 0, -1, 0]));
});
