import { assert, assertEquals } from "@std/assert";
import { layerNorm } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);
const plain = { weight: floats(1, 1), bias: floats(0, 0) };
const exact = { width: 2, epsilon: 0 };

Deno.test("layerNorm() brings each row to mean 0 and biased variance 1", () => {
  // Means 3 and 5, variances 4 and 16.
  const x = floats(1, 5, 1, 5, 1, 9, 9, 1);
  const operands = { x, weight: floats(1, 1, 1, 1), bias: floats(0, 0, 0, 0) };
  const result = layerNorm(operands, { width: 4, epsilon: 0 });
  assertEquals([...result], [-1, 1, -1, 1, -1, 1, 1, -1]);
});

Deno.test("layerNorm() scales and shifts by column", () => {
  const operands = { x: floats(1, 5), weight: floats(2, 3), bias: floats(10, 20) };
  assertEquals([...layerNorm(operands, { width: 2, epsilon: 0 })], [8, 23]);
});

Deno.test("layerNorm() adds the residual first", () => {
  const result = layerNorm({ x: floats(1, 2), ...plain, residual: floats(0, 3) }, exact);
  assertEquals([...result], [-1, 1]);
});

Deno.test("layerNorm() adds epsilon to the variance, not to its root", () => {
  // Variance 4, epsilon 12: divided by 4.
  const result = layerNorm({ x: floats(1, 5), ...plain }, { width: 2, epsilon: 12 });
  assertEquals([...result], [-0.5, 0.5]);
});

Deno.test("layerNorm() gives the bias for rows of one value or of equal ones", () => {
  const single = { x: floats(7, 8), weight: floats(3), bias: floats(0.5) };
  assertEquals([...layerNorm(single, { width: 1, epsilon: 1e-5 })], [0.5, 0.5]);
  const equal = { x: floats(4, 4), weight: floats(3, 3), bias: floats(1, 2) };
  assertEquals([...layerNorm(equal, { width: 2, epsilon: 1e-12 })], [1, 2]);
});

Deno.test("layerNorm() keeps small differences beside a large mean", () => {
  const result = layerNorm({ x: floats(2 ** 20, 2 ** 20 + 1), ...plain }, exact);
  // Float64 holds mean and differences exactly; the variance is exactly 1/4.
  assertEquals([...result], [-1, 1]);
});

Deno.test("layerNorm() of no rows is empty", () => {
  const none = { x: floats(), weight: floats(1), bias: floats(0) };
  assertEquals(layerNorm(none, { width: 1, epsilon: 1e-5 }).length, 0);
});

Deno.test("layerNorm() leaves x and residual as they were", () => {
  const [x, residual] = [floats(1, 2), floats(3, 5)];
  const result = layerNorm({ x, ...plain, residual }, exact);
  assert(result !== x && result !== residual);
  assertEquals([...x, ...residual], [1, 2, 3, 5]);
});
