import { assertEquals } from "@std/assert";
import { linearInputs, quantizeWeights } from "../../cpu/mod.ts";

const shape = { rows: 2, inputs: 3, outputs: 2 };
const dy = new Float32Array([1, 10, -1, 0]);

Deno.test("linearInputs() sums the rows of the matrix, times dy", () => {
  const weight = new Float32Array([1, 2, 3, 4, 5, 6]);
  assertEquals([...linearInputs({ dy, weight }, shape)], [41, 52, 63, -1, -2, -3]);
});

Deno.test("linearInputs() takes integer weights for the numbers that they stand for", () => {
  const weight = quantizeWeights(new Float32Array([128, 254, -128, 1, 2, 127]), 2, 3);
  // Three columns are values of one vector, which a rotation does not mix; steps are 2 and 1.
  assertEquals([...linearInputs({ dy, weight }, shape)], [138, 274, 1142, -128, -254, 128]);
});
