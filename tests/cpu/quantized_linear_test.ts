import { assert, assertEquals } from "@std/assert";
import {
  dequantizeWeights,
  feedForward,
  linear,
  quantizedLinear,
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
  const rounded = new Float32Array(x.length);
  for (let row = 0; row < SHAPE.rows; row++) {
    const { values, step } = quantizeRow(x.subarray(row * 17, (row + 1) * 17));
    values.forEach((value, i) => rounded[row * 17 + i] = step * value);
  }
  const expected = linear({ x: rounded, weight: dequantizeWeights(weight), bias }, SHAPE);
  quantizedLinear(x, weight, bias, SHAPE).forEach((y, i) => {
    // 17 products of numbers below 4, their factors rounded once each, and the result.
    assert(Math.abs(y - expected[i]) <= 17 * 16 * 3 * 2 ** -24, `${i}: ${y} ${expected[i]}`);
  });
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
