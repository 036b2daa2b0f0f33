import { assert, assertEquals } from "@std/assert";
import {
  dequantizeWeights,
  feedForward,
  linear,
  quantizedLinear,
  type QuantizedWeights,
  quantizeRow,
  quantizeWeights,
} from "../../cpu/mod.ts";
import { Random } from "../../tensor/random.ts";

const SHAPE = { rows: 3, inputs: 17, outputs: 5 };
const random = new Random(1);
const x = random.normals(SHAPE.rows * SHAPE.inputs);
const weight = quantizeWeights(random.normals(SHAPE.outputs * SHAPE.inputs), 5, 17);
const bias = random.normals(SHAPE.outputs);

Deno.test("quantizedLinear() is linear() of the numbers that the integers stand for", () => {
  for (const inputs of [17, 64, 767, 768, 769, 1600]) {
    const shape = { rows: 3, inputs, outputs: 5 };
    const random = new Random(inputs);
    const x = random.normals(3 * inputs);
    const weight = quantizeWeights(random.normals(5 * inputs), 5, inputs);
    // A row is rounded as weights are. The rotation back leaves something in the padding, too.
    const padded = Math.ceil(inputs / 64) * 64;
    const numbers = (weights: QuantizedWeights) =>
      dequantizeWeights({ ...weights, inputs: padded });
    const [rows, matrix] = [numbers(quantizeWeights(x, 3, inputs)), numbers(weight)];
    const expected = linear({ x: rows, weight: matrix, bias }, { ...shape, inputs: padded });
    quantizedLinear(x, weight, bias, shape).forEach((y, i) => {
      // Products of rows of norm √inputs, whose values were rounded 6 times in their rotation back;
      // then three roundings a block.
      const bound = (2 * 6 + 3) * 2 ** -24 * 2 * inputs;
      assert(Math.abs(y - expected[i]) <= bound, `${inputs}, ${i}: ${y} ${expected[i]}`);
    });
  }
});

Deno.test("quantizedLinear() adds its blocks to the bias, each rounded to float32", () => {
  const [inputs, outputs] = [800, 2];
  const x = new Random(2).normals(inputs);
  const { values, steps } = quantizeWeights(new Random(3).normals(2 * inputs), outputs, inputs);
  const row = quantizeRow(x);
  const expected = [0, 1].map((o) =>
    [0, 1].reduce((y, block) => {
      const integers = row.values.subarray(block * 768, (block + 1) * 768);
      const sum = integers.reduce((sum, q, i) => sum + q * values[o * 832 + block * 768 + i], 0);
      const scaled = Math.fround(Math.fround(sum * steps[o * 2 + block]) * row.steps[block]);
      return Math.fround(y + scaled);
    }, bias[o])
  );
  const y = quantizedLinear(x, { inputs, values, steps }, bias, { rows: 1, inputs, outputs });
  assertEquals([...y], expected);
});

Deno.test("quantizedLinear() holds the largest sums of a block exactly", () => {
  const ones = new Float32Array(768).fill(1);
  // All rotated values are ±8, so all integers ±127.
  const weights = quantizeWeights(ones, 1, 768);
  assertEquals([...new Set(weights.values.map(Math.abs))], [127]);
  const step = Math.fround(8 / 127);
  const wanted = Math.fround(Math.fround(127 * 127 * 768 * step / 64) * step);
  const shape = { rows: 1, inputs: 768, outputs: 1 };
  assertEquals([...quantizedLinear(ones, weights, undefined, shape)], [wanted]);
});

Deno.test("linear() and feedForward() take integers as weights", () => {
  const plain = quantizedLinear(x, weight, bias, SHAPE);
  const relu = linear({ x, weight, bias }, { ...SHAPE, activation: "relu" });
  assertEquals(relu, plain.map((y) => Math.max(y, 0)));
  const down = { weight: quantizeWeights(random.normals(10), 2, 5) };
  const between = linear({ x, weight, bias }, { ...SHAPE, activation: "gelu" });
  assertEquals(
    feedForward(
      { x, up: { weight, bias }, down },
      { rows: 3, inputs: 17, inner: 5, outputs: 2, activation: "gelu" },
    ),
    quantizedLinear(between, down.weight, undefined, { rows: 3, inputs: 5, outputs: 2 }),
  );
});

Deno.test("quantizedLinear() gives the bias for a row of zeros, NaN for one with a NaN", () => {
  const rows = new Float32Array(51);
  rows[20] = NaN;
  rows[40] = Infinity;
  const y = quantizedLinear(rows, weight, bias, SHAPE);
  assertEquals(y.subarray(0, 5), bias);
  assertEquals(y.subarray(5), new Float32Array(10).fill(NaN));
});
