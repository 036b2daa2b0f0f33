import { assert, assertEquals } from "@std/assert";
import { attendHashed } from "../../cpu/mod.ts";
import type { HashedShape } from "../../ops/attend_hashed.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { Draw } from "../helpers/draw.ts";

const shape: HashedShape = { batch: 1, tokens: 4, heads: 1, width: 1, columns: 1, chunk: 64 };
const ONE = new Float32Array([1]);
const ones = (tokens: number) => new Int32Array(tokens).fill(1);

Deno.test("attendHashed() attends within a bucket, to keys of length 1", () => {
  const query = new Float32Array([3, -2, 1, 5]);
  const value = new Float32Array([1, 2, 3, 4]);
  const output = attendHashed({ query, value, mask: ones(4), projection: ONE }, shape);
  // Positive queries share a bucket; their keys are all 1, so their weights are equal.
  assertEquals([...output], [3.5, 2, 2.5, 2]);
});

Deno.test("attendHashed() weighs by q·k/√width", () => {
  const query = new Float32Array([2, 0, 3, 4, 1, 0]);
  const value = new Float32Array([0, 0, 1, 0, 0, 1]);
  const sizes = { ...shape, tokens: 3, width: 2 };
  const projection = new Float32Array([1, 0]);
  const output = attendHashed({ query, value, mask: ones(3), projection }, sizes);
  const weights = [2 * 3 / 5, 2].map((score) => Math.exp(score / Math.SQRT2));
  const sum = weights[0] + weights[1];
  // Rounded to float32 once; a few float64 operations on numbers below 8.
  weights.forEach((weight, i) => assert(Math.abs(output[i] - weight / sum) <= 2 ** -24 + 1e-12));
});

Deno.test("attendHashed() sees its own chunk and the one before", () => {
  const query = new Float32Array(6).fill(1);
  const value = new Float32Array([1, 2, 4, 8, 16, 32]);
  const operands = { query, value, mask: ones(6), projection: ONE };
  const output = attendHashed(operands, { ...shape, tokens: 6, chunk: 2 });
  const third = [1, 2, 3, 4, 5, 6].map(() => 0);
  [[1], [0], [0, 1, 3], [0, 1, 2], [2, 3, 5], [2, 3, 4]].forEach((seen, i) =>
    third[i] = Math.fround(seen.reduce((sum, j) => sum + value[j] / seen.length, 0))
  );
  output.forEach((x, i) => assert(Math.abs(x - third[i]) <= 2 ** -23 * x, `row ${i}`));
});

Deno.test("attendHashed() breaks ties to the lower bucket and takes queries of length 0", () => {
  const query = new Float32Array([0, 1, -1, 0]);
  const value = new Float32Array([1, 2, 3, 4]);
  const output = attendHashed({ query, value, mask: ones(4), projection: ONE }, shape);
  assertEquals([output[0], output[2], output[3]], [3, 3, 1.5]);
  // 1·0 for both others.
  assertEquals(output[1], 2.5);
});

Deno.test("attendHashed() reads no masked token, gives its row zeros and sorts without it", () => {
  const draw = new Draw(4);
  const sizes = { ...shape, batch: 2, tokens: 5, heads: 2, width: 3, columns: 2, chunk: 2 };
  const [query, value] = [1, 2].map(() => draw.normals(2 * 5 * 6));
  const projection = draw.normals(2 * 3 * 2);
  const mask = new Int32Array([1, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  const run = (query: Float32Array, value: Float32Array) =>
    attendHashed({ query, value, mask, projection }, sizes);
  const output = run(query, value);
  const hide = (x: Float32Array) => x.map((n, i) => mask[Math.floor(i / 6)] ? n : NaN);
  assertSameBits(run(hide(query), hide(value)), output);
  output.forEach((x, i) => assertEquals(x !== 0, mask[Math.floor(i / 6)] === 1));
});
