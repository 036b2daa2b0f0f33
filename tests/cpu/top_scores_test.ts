import { assert, assertEquals } from "@std/assert";
import { topScores } from "../../cpu/mod.ts";

Deno.test("topScores() orders each row, lower columns first among equals", () => {
  const scores = new Float32Array([1, 3, 3, 2, -1, -Infinity, 0, -0]);
  const { values, indices } = topScores({ scores }, { rows: 2, columns: 4, count: 3 });
  assertEquals([...indices], [1, 2, 3, 2, 3, 0]);
  assertEquals([...values], [3, 3, 2, 0, -0, -1]);
});

Deno.test("topScores() adds up exponentials, however large", () => {
  const scores = new Float32Array([0, Math.log(3), 1000, 1000]);
  const { logSum } = topScores({ scores }, { rows: 2, columns: 2, count: 1 });
  // Rounded to float32: log 3 before, the results after.
  assert(Math.abs(logSum[0] - Math.log(4)) < 2e-7);
  assertEquals(logSum[1], Math.fround(1000 + Math.LN2));
});

Deno.test("topScores() says NaN of rows without probabilities", () => {
  const scores = new Float32Array([1, NaN, Infinity, 1, -Infinity, -Infinity, 1, -Infinity]);
  const { logSum } = topScores({ scores }, { rows: 4, columns: 2, count: 1 });
  assertEquals([...logSum], [NaN, NaN, NaN, 1]);
});
