import { assert, assertEquals } from "@std/assert";
import { drawPerformerFeatures, performerFeatures } from "../../../attention/mod.ts";
import { Random } from "../../../tensor/random.ts";

function product(rows: Float32Array, width: number, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += rows[i * width + d] * rows[j * width + d];
  return sum;
}

Deno.test("performerFeatures() is ⌊width·ln width⌋, at least 1", () => {
  assertEquals([1, 2, 8, 64].map(performerFeatures), [1, 1, 16, 266]);
});

Deno.test("drawPerformerFeatures() has orthogonal rows within each block", () => {
  const width = 8;
  const rows = drawPerformerFeatures(width, new Random(3));
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.floor(i / width) !== Math.floor(j / width)) continue;
      const lengths = Math.sqrt(product(rows, width, i, i) * product(rows, width, j, j));
      // Each number was rounded to float32 once.
      assert(Math.abs(product(rows, width, i, j)) <= 2 * width * 2 ** -24 * lengths, `${i}, ${j}`);
    }
  }
});

Deno.test("drawPerformerFeatures() has rows as long as Gaussian vectors, in all directions", () => {
  const width = 16;
  const squares: number[] = [];
  const sums = new Float64Array(width);
  for (let seed = 0; seed < 40; seed++) {
    const rows = drawPerformerFeatures(width, new Random(seed));
    for (let i = 0; i < performerFeatures(width); i++) {
      squares.push(product(rows, width, i, i));
      for (let d = 0; d < width; d++) sums[d] += rows[i * width + d];
    }
  }
  const mean = squares.reduce((a, b) => a + b) / squares.length;
  // χ² of 16 degrees: mean 16, variance 32; 1,760 rows. Five standard errors.
  assert(Math.abs(mean - width) < 5 * Math.sqrt(2 * width / squares.length), `mean ${mean}`);
  for (const sum of sums) assert(Math.abs(sum) < 5 * Math.sqrt(squares.length), `sum ${sum}`);
});

Deno.test("drawPerformerFeatures() makes products of features softmax weights in the mean", () => {
  const width = 4;
  const [q, k] = [[0.5, -0.2, 0.1, 0.3], [0.2, 0.4, -0.3, 0.1]];
  const half = (x: number[]) => x.reduce((sum, value) => sum + value * value, 0) / 2;
  const estimates: number[] = [];
  for (let seed = 0; seed < 2000; seed++) {
    const rows = drawPerformerFeatures(width, new Random(seed));
    const along = (x: number[]) => x.reduce((sum, value, d) => sum + value * rows[d], 0);
    estimates.push(Math.exp(along(q) + along(k) - half(q) - half(k)));
  }
  const mean = estimates.reduce((a, b) => a + b) / estimates.length;
  const variance = estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / estimates.length;
  const wanted = Math.exp(q.reduce((sum, value, d) => sum + value * k[d], 0));
  assert(Math.abs(mean - wanted) < 4 * Math.sqrt(variance / estimates.length), `mean ${mean}`);
});
