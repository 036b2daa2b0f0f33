import { assertEquals } from "@std/assert";
import { normalizeRows, pool } from "../../pipelines/pool.ts";

const ROWS = new Float32Array([1, 2, 3, 3, 4, 7]);

Deno.test("pool() returns the mean of the rows, the first row, or all rows", () => {
  assertEquals(pool(ROWS, 3, "mean"), new Float32Array([2, 3, 5]));
  assertEquals(pool(ROWS, 2, "cls"), new Float32Array([1, 2]));
  assertEquals(pool(ROWS, 2, "none"), ROWS);
});

Deno.test("pool() sums many rows in 64 bits", () => {
  const rows = new Float32Array(100_000).fill(0.1);
  assertEquals(pool(rows, 1, "mean"), new Float32Array([0.1]));
});

Deno.test("normalizeRows() scales each row to length 1 and keeps zeros", () => {
  const rows = normalizeRows(new Float32Array([3, 4, 0, 0, -5, 0]), 2);
  assertEquals(rows, new Float32Array([0.6, 0.8, 0, 0, -1, 0]));
});
