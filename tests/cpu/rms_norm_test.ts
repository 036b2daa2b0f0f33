import { assert, assertEquals } from "@std/assert";
import { rmsNorm } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);
const plain = { weight: floats(1, 1) };
const exact = { width: 2, epsilon: 2 ** -126 };

Deno.test("rmsNorm() divides each row by the root of its mean square", () => {
  // Mean squares 25 and 0.25.
  const result = rmsNorm({ x: floats(1, 7, -0.5, 0.5), ...plain }, exact);
  assertEquals(result, floats(0.2, 1.4, -1, 1));
});

Deno.test("rmsNorm() scales by column", () => {
  assertEquals(rmsNorm({ x: floats(1, 7), weight: floats(10, -5) }, exact), floats(2, -7));
});

Deno.test("rmsNorm() adds the residual first", () => {
  const result = rmsNorm({ x: floats(1, 2), ...plain, residual: floats(0, 5) }, exact);
  assertEquals(result, floats(0.2, 1.4));
});

Deno.test("rmsNorm() adds epsilon to the mean square, not to its root", () => {
  const result = rmsNorm({ x: floats(1, 1), ...plain }, { width: 2, epsilon: 3 });
  assertEquals(result, floats(0.5, 0.5));
});

Deno.test("rmsNorm() of zeros is zeros, of the largest numbers 1", () => {
  const largest = 2 ** 128 - 2 ** 104;
  const x = floats(0, 0, largest, largest);
  assertEquals(rmsNorm({ x, ...plain, residual: x }, exact), floats(0, 0, 1, 1));
});

Deno.test("rmsNorm() leaves x and residual as they were", () => {
  const [x, residual] = [floats(1, 2), floats(3, 5)];
  const result = rmsNorm({ x, ...plain, residual }, exact);
  assert(result !== x && result !== residual);
  assertEquals([...x, ...residual], [1, 2, 3, 5]);
});
