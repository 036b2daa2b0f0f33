import { assert, assertEquals } from "@std/assert";
import { drawLinformerProjections, transposedRows } from "../../../attention/mod.ts";
import { Random } from "../../../tensor/random.ts";

Deno.test("drawLinformerProjections() draws E, then F, with variance 1/128", () => {
  const { key, value } = drawLinformerProjections(100, new Random(5));
  const normals = new Random(5).normals(2 * 128 * 100).map((x) => x / Math.sqrt(128));
  assertEquals([...key, ...value], [...normals]);
  const variance = key.reduce((sum, x) => sum + x * x, 0) / key.length;
  // Relative variance of a mean of n squares: 2/n; five standard errors.
  assert(Math.abs(variance * 128 - 1) < 5 * Math.sqrt(2 / key.length));
});

Deno.test("transposedRows() finds the columns of each sequence, without masked rows", () => {
  const rows = transposedRows(new Int32Array([1, 0, 1, 1]), 3, 2);
  assertEquals([...rows], [0, -1, 1, -1, 2, -1, 0, 3, 1, 4, 2, 5]);
});
