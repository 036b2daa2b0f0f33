import { assertEquals } from "@std/assert";
import { activation, linear } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

Deno.test("linear() multiplies rows by the transposed weight and adds the bias", () => {
  const x = new Float32Array([1, 2, 3, 4]);
  const weight = new Float32Array([1, 0, 0, 1, 1, -1]);
  const bias = new Float32Array([10, 20, 30]);
  const shape = { rows: 2, inputs: 2, outputs: 3 };
  assertEquals([...linear({ x, weight, bias }, shape)], [11, 22, 29, 13, 24, 29]);
  assertEquals([...linear({ x, weight }, shape)], [1, 2, -1, 3, 4, -1]);
});

Deno.test("linear() sums in float64 and rounds once, at every size around 8", () => {
  const draw = new Draw(0);
  for (const rows of [0, 1, 2, 7, 8, 9]) {
    for (const inputs of [0, 1, 7, 8, 9, 33]) {
      for (const outputs of [0, 1, 7, 8, 9]) {
        const [x, weight, bias] = [rows * inputs, outputs * inputs, outputs].map((n) =>
          draw.normals(n)
        );
        const expected = Float32Array.from({ length: rows * outputs }, (_, at) => {
          const [row, o] = [Math.floor(at / outputs), at % outputs];
          const products = Array.from(
            { length: inputs },
            (_, i) => x[row * inputs + i] * weight[o * inputs + i],
          );
          return products.reduce((sum, product) => sum + product, bias[o]);
        });
        assertEquals(linear({ x, weight, bias }, { rows, inputs, outputs }), expected);
      }
    }
  }
});

Deno.test("linear() keeps a small term between two large ones that cancel", () => {
  const shape = { rows: 1, inputs: 3, outputs: 1 };
  const x = new Float32Array([2 ** 30, 1, -(2 ** 30)]);
  assertEquals([...linear({ x, weight: new Float32Array([1, 1, 1]) }, shape)], [1]);
});

Deno.test("linear() applies the activation last", () => {
  const shape = { rows: 1, inputs: 1, outputs: 2, activation: "gelu" } as const;
  const operands = {
    x: new Float32Array([1]),
    weight: new Float32Array([2, -3]),
    bias: new Float32Array([-1, 2]),
  };
  const expected = activation({ x: new Float32Array([1, -1]) }, { name: "gelu" });
  assertEquals(linear(operands, shape), expected);
});
