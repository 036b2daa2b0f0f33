import { assert, assertEquals } from "@std/assert";
import { attendFeatures } from "../../cpu/mod.ts";
import type { FeatureShape } from "../../ops/attend_features.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { Draw } from "../helpers/draw.ts";

const shape: FeatureShape = {
  batch: 1,
  tokens: 3,
  heads: 1,
  width: 2,
  map: "elu",
  features: 2,
};

/** Result and expectation are rounded to float32 once; both sum few numbers below 8 in float64. */
function assertRounded(actual: Float32Array, expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert(Math.abs(actual[i] - value) <= 2 ** -24 * Math.abs(value) + 1e-12, `value ${i}`)
  );
}

Deno.test("attendFeatures() weighs values by products of elu + 1", () => {
  const query = new Float32Array([1, -1, 0, 0, 3, 3]);
  const key = new Float32Array([0, -2, 2, 0, 9, 9]);
  const value = new Float32Array([1, 0, 0, 1, 7, 7]);
  const output = attendFeatures({ query, key, value, mask: new Int32Array([1, 1, 0]) }, shape);
  const first = [2 * 1 + Math.exp(-1) * Math.exp(-2), 2 * 3 + Math.exp(-1)];
  const second = [1 + Math.exp(-2), 3 + 1];
  const shares = ([a, b]: number[]) => [a / (a + b), b / (a + b)];
  assertRounded(output, [...shares(first), ...shares(second), 0, 0]);
});

Deno.test("attendFeatures() takes the softmax of keys over tokens, of a query over its width", () => {
  const zero = new Float32Array(6);
  const key = new Float32Array([0, 1, Math.log(3), 1, 5, 5]);
  const value = new Float32Array([4, 8, 8, 4, 1, 1]);
  const mask = new Int32Array([1, 1, 0]);
  const output = attendFeatures({ query: zero, key, value, mask }, { ...shape, map: "softmax" });
  // Column 0 weighs the tokens 1 : 3, column 1 alike; an even query takes half of each. ln 3 is
  // rounded to float32: off by 1e-7 or less, and so is a share.
  const row = [(7 + 6) / 2, (5 + 6) / 2];
  output.slice(0, 4).forEach((x, i) => assert(Math.abs(x - row[i % 2]) < 1e-6));
  assertEquals([...output.slice(4)], [0, 0]);
});

Deno.test("attendFeatures() with one random feature weighs keys by it", () => {
  const random = { ...shape, map: "random", features: 1 } as const;
  const key = new Float32Array([1, 0, 0, 1, 0, 0]);
  const value = new Float32Array([1, 0, 0, 1, 0, 0]);
  const omega = new Float32Array([2, -1]);
  const operands = { query: key, key, value, mask: new Int32Array(3).fill(1), projection: omega };
  const output = attendFeatures(operands, random);
  const scale = 2 ** -0.25;
  const half = scale ** 2 / 2;
  const weights = [Math.exp(2 * scale - half), Math.exp(-scale - half), 1];
  const sum = weights.reduce((a, b) => a + b);
  const row = [weights[0] / sum, weights[1] / sum];
  assertRounded(output, [...row, ...row, ...row]);
});

Deno.test("attendFeatures() takes exponents of any size", () => {
  const large = new Float32Array([800, -800, 900, 0, 700, 5]);
  const omega = new Float32Array([1, 0]);
  const mask = new Int32Array(3).fill(1);
  const value = new Float32Array([1, 1, 2, 2, 3, 3]);
  for (const map of ["elu", "softmax", "random"] as const) {
    const sizes = { ...shape, map, features: map === "random" ? 1 : 2 };
    const projection = map === "random" ? omega : undefined;
    const operands = { query: large, key: large, value, mask, projection };
    const output = attendFeatures(operands, sizes);
    assert(output.every((x) => x >= 0 && x <= 3), map);
  }
});

Deno.test("attendFeatures() reads no masked token, and gives zeros where all are", () => {
  const [query, key, value] = [1, 2, 3].map((seed) => new Draw(seed).normals(6));
  const mask = new Int32Array([1, 0, 1]);
  const filled = [query, key, value].map((x) => x.slice().fill(NaN, 2, 4));
  for (const map of ["elu", "softmax"] as const) {
    const run = (query: Float32Array, key: Float32Array, value: Float32Array, visible = mask) =>
      attendFeatures({ query, key, value, mask: visible }, { ...shape, map });
    assertSameBits(run(filled[0], filled[1], filled[2]), run(query, key, value));
    assertEquals(run(query, key, value, new Int32Array(3)), new Float32Array(6));
  }
});
