import { assert, assertEquals, assertThrows } from "@std/assert";
import { layerNorm } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);

Deno.test("layerNorm() brings each row to mean 0 and biased variance 1", () => {
  // Means 3 and 5, variances 4 and 16.
  const x = floats(1, 5, 1, 5, 1, 9, 9, 1);
  const result = layerNorm(x, floats(1, 1, 1, 1), floats(0, 0, 0, 0), 0);
  assertEquals([...result], [-1, 1, -1, 1, -1, 1, 1, -1]);
});

Deno.test("layerNorm() scales and shifts by column", () => {
  assertEquals([...layerNorm(floats(1, 5), floats(2, 3), floats(10, 20), 0)], [8, 23]);
});

Deno.test("layerNorm() adds the residual first", () => {
  const result = layerNorm(floats(1, 2), floats(1, 1), floats(0, 0), 0, floats(0, 3));
  assertEquals([...result], [-1, 1]);
});

Deno.test("layerNorm() adds epsilon to the variance, not to its root", () => {
  // Variance 4, epsilon 12: divided by 4.
  assertEquals([...layerNorm(floats(1, 5), floats(1, 1), floats(0, 0), 12)], [-0.5, 0.5]);
});

Deno.test("layerNorm() gives the bias for rows of one value or of equal ones", () => {
  assertEquals([...layerNorm(floats(7, 8), floats(3), floats(0.5), 1e-5)], [0.5, 0.5]);
  assertEquals([...layerNorm(floats(4, 4), floats(3, 3), floats(1, 2), 1e-12)], [1, 2]);
});

Deno.test("layerNorm() keeps small differences beside a large mean", () => {
  const result = layerNorm(floats(2 ** 20, 2 ** 20 + 1), floats(1, 1), floats(0, 0), 0);
  // Float64 holds mean and differences exactly; the variance is exactly 1/4.
  assertEquals([...result], [-1, 1]);
});

Deno.test("layerNorm() of no rows is empty", () => {
  assertEquals(layerNorm(floats(), floats(1), floats(0), 1e-5).length, 0);
});

Deno.test("layerNorm() refuses arrays that do not fit, naming them", () => {
  const [weight, bias] = [floats(1, 1), floats(0, 0)];
  const refused: [() => unknown, string][] = [
    [() => layerNorm(floats(1, 2, 3), weight, bias, 0), "x has 3 values, wanted 2"],
    [() => layerNorm(floats(1, 2), weight, floats(0), 0), "bias has 1 values, wanted 2"],
    [() => layerNorm(floats(1, 2), weight, bias, 0, floats(1)), "residual has 1 values"],
    [() => layerNorm(floats(1, 2), floats(), floats(), 0), "x has 2 values"],
  ];
  for (const [call, message] of refused) assertThrows(call, RangeError, message);
});

Deno.test("layerNorm() leaves x and residual as they were", () => {
  const [x, residual] = [floats(1, 2), floats(3, 5)];
  const result = layerNorm(x, floats(1, 1), floats(0, 0), 0, residual);
  assert(result !== x && result !== residual);
  assertEquals([...x, ...residual], [1, 2, 3, 5]);
});
