import { assert, assertEquals, assertThrows } from "@std/assert";
import { dequantizeWeights, quantizeRow, quantizeWeights } from "../../cpu/mod.ts";
import { Random } from "../../tensor/random.ts";

Deno.test("quantizeWeights() is off by half a step at most, and the largest become ±127", () => {
  const [outputs, inputs] = [5, 33];
  const weight = new Random(1).normals(outputs * inputs);
  const quantized = quantizeWeights(weight, outputs, inputs);
  dequantizeWeights(quantized).forEach((value, i) => {
    const step = quantized.steps[Math.floor(i / inputs)];
    // The quotient of at most 127 steps was rounded twice to float32.
    assert(Math.abs(value - weight[i]) <= step * (0.5 + 127 * 2 ** -22), `${i}`);
  });
  for (let o = 0; o < outputs; o++) {
    const row = quantized.values.subarray(o * inputs, (o + 1) * inputs);
    assertEquals(Math.max(...row.map(Math.abs)), 127);
  }
});

Deno.test("quantizeWeights() takes rows of zeros and of almost nothing as zeros", () => {
  const { values, steps } = quantizeWeights(new Float32Array([0, 0, 1e-40, -1e-31]), 2, 2);
  assertEquals([...values], [0, 0, 0, 0]);
  assertEquals([...steps], [0, 0]);
});

Deno.test("quantizeWeights() takes the largest numbers", () => {
  const { values, steps } = quantizeWeights(new Float32Array([-3e38, 3e38, 1]), 1, 3);
  assertEquals([...values], [-127, 127, 0]);
  assertEquals([...steps], [Math.fround(Math.fround(3e38) / 127)]);
});

Deno.test("quantizeWeights() refuses rows whose sums may not fit into 32 bits", () => {
  const inputs = 2 ** 14 + 1;
  assertThrows(
    () => quantizeWeights(new Float32Array(inputs), 1, inputs),
    RangeError,
    "weights of 16385 columns as q8: wanted at most 16384",
  );
});

Deno.test("quantizeRow() is off by half a step at most, and the largest becomes ±1023", () => {
  for (const size of [1e-29, 1, 1e37]) {
    const row = new Random(2).normals(65).map((value) => value * size);
    const { values, step } = quantizeRow(row);
    assertEquals(Math.max(...values.map(Math.abs)), 1023);
    row.forEach((value, i) => {
      // The quotient of at most 1023 steps was rounded twice to float32.
      assert(Math.abs(step * values[i] - value) <= step * (0.5 + 1023 * 2 ** -22), `${i}`);
    });
  }
});

Deno.test("quantizeRow() takes zeros and almost nothing as zeros", () => {
  for (const row of [[0, -0], [1e-40, -1e-31]]) {
    assertEquals(quantizeRow(new Float32Array(row)), { values: new Int16Array(2), step: 0 });
  }
});

Deno.test("quantizeRow() gives NaN where a value is not finite", () => {
  for (const row of [[1, NaN], [0, Infinity], [-Infinity, 0]]) {
    assertEquals(quantizeRow(new Float32Array(row)), { values: new Int16Array(2), step: NaN });
  }
});
