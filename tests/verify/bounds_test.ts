import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { dequantizeWeights, linear, quantizeWeights } from "../../cpu/mod.ts";
import { BACKEND_NAMES } from "../../device.ts";
import { Random } from "../../tensor/random.ts";
import {
  ACCUMULATION,
  attentionBound,
  type AttentionSize,
  featureBound,
  type FeatureSize,
  largestLength,
  largestMagnitude,
  modelBound,
  quantizedError,
  UNIT,
} from "../../verify/bounds.ts";

const SIZE: AttentionSize = {
  query: 3,
  key: 4,
  value: 5,
  width: 16,
  keys: 32,
  scale: 0.25,
  roundings: 1,
};
const FEATURES: FeatureSize = {
  exponent: 2,
  terms: 8,
  features: 10,
  keys: 32,
  value: 5,
  isRounded: false,
};
const MODEL = { layers: 2, width: 32, output: 3 };

Deno.test("UNIT is the unit roundoff of float32", () => {
  assertEquals(Math.fround(1 + UNIT), 1);
  assert(Math.fround(1 + UNIT * 1.001) > 1);
});

Deno.test("ACCUMULATION of every backend is at most UNIT", () => {
  assertEquals(Object.keys(ACCUMULATION), [...BACKEND_NAMES]);
  for (const error of Object.values(ACCUMULATION)) assert(error > 0 && error <= UNIT);
});

Deno.test("attentionBound() grows with each size", () => {
  for (const key of Object.keys(SIZE) as (keyof AttentionSize)[]) {
    const larger = { ...SIZE, [key]: SIZE[key] + 1 };
    const [bound, more] = [SIZE, larger].map((size) => attentionBound(size, ACCUMULATION.cpu));
    assert(more > bound, `it does not grow with ${key}`);
  }
  assert(attentionBound(SIZE, UNIT) > attentionBound(SIZE, ACCUMULATION.cpu));
});

Deno.test("attentionBound() without accumulation errors is the rounding of two results", () => {
  assertEquals(attentionBound({ ...SIZE, roundings: 0 }, 0), 2 * UNIT * SIZE.value);
  assertEquals(attentionBound({ ...SIZE, value: 0 }, UNIT), 0);
});

Deno.test("attentionBound() is NaN if a size is NaN, so that nothing passes", () => {
  for (const key of Object.keys(SIZE) as (keyof AttentionSize)[]) {
    assertEquals(attentionBound({ ...SIZE, [key]: NaN }, UNIT), NaN, key);
  }
});

Deno.test("featureBound() grows with each size and error, and is NaN if a size is", () => {
  const bound = featureBound(FEATURES, UNIT);
  for (const name of ["exponent", "terms", "features", "keys", "value"] as const) {
    assert(featureBound({ ...FEATURES, [name]: FEATURES[name] + 1 }, UNIT) > bound, name);
    assertEquals(featureBound({ ...FEATURES, [name]: NaN }, UNIT), NaN, name);
  }
  assert(featureBound(FEATURES, 2 * UNIT) > bound);
  assertEquals(featureBound(FEATURES, 0), 2 * UNIT * FEATURES.value);
});

Deno.test("featureBound() of rounded operands is two roundings of each exponent and one of a value", () => {
  const half = 2 ** -11;
  assertEquals(featureBound(FEATURES, 0, half), 2 * half * FEATURES.value);
  const ofExponents = 2 * 2 * 2 * half * FEATURES.exponent; // in query and key, up and down
  assertEquals(
    featureBound({ ...FEATURES, isRounded: true }, 0, half),
    (ofExponents + 3 * half) * FEATURES.value,
  );
});

Deno.test("attentionBound() holds for an attention in pure float32", () => {
  const { fround } = Math;
  const width = 8;
  const keys = 20;
  const scale = 1 / Math.sqrt(width);
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(seed);
    const query = random.normals(width);
    const key = random.normals(keys * width);
    const value = random.normals(keys);
    const attend = (round: (x: number) => number) => {
      const weights = Array.from({ length: keys }, (_, j) => {
        let score = 0;
        for (let d = 0; d < width; d++) {
          score = round(score + round(query[d] * key[j * width + d]));
        }
        return round(score * round(scale));
      });
      const maximum = Math.max(...weights);
      const [sum, weighted] = weights.reduce(([sum, weighted], score, j) => {
        const weight = round(Math.exp(round(score - maximum)));
        return [round(sum + weight), round(weighted + round(weight * value[j]))];
      }, [0, 0]);
      return round(weighted / sum);
    };
    const size = {
      query: largestLength(query, width),
      key: largestLength(key, width),
      value: largestMagnitude(value),
      width,
      keys,
      scale,
      roundings: 0,
    };
    const error = Math.abs(attend(fround) - attend((x) => x));
    assert(error <= attentionBound(size, UNIT), `seed ${seed}: ${error}`);
  }
});

Deno.test("modelBound() grows with each size", () => {
  for (const key of Object.keys(MODEL) as (keyof typeof MODEL)[]) {
    const larger = { ...MODEL, [key]: MODEL[key] + 1 };
    assert(modelBound(larger, UNIT) > modelBound(MODEL, UNIT), `it does not grow with ${key}`);
  }
  assert(modelBound(MODEL, UNIT) > modelBound(MODEL, ACCUMULATION.cpu));
});

Deno.test("modelBound() counts one rounding per operation", () => {
  assertAlmostEquals(modelBound(MODEL, 0), 22 * UNIT * 3, 1e-20);
});

Deno.test("largestLength() considers each head's part of each row", () => {
  assertEquals(largestLength(new Float32Array([1, 0, 3, 4]), 2), 5);
  assertEquals(largestLength(new Float32Array([1, 0, -3, 4]), 1), 4);
  assertEquals(largestLength(new Float32Array([1, NaN]), 1), NaN);
});

Deno.test("largestMagnitude() returns the largest magnitude, 0 without values", () => {
  assertEquals(largestMagnitude(new Float32Array([1, -6, 3])), 6);
  assertEquals(largestMagnitude(new Float32Array()), 0);
  assertEquals(largestMagnitude(new Float32Array([NaN, 1])), NaN);
});

Deno.test("quantizedError() grows with the layers, and holds for a layer that is rounded", () => {
  assert(quantizedError(1) > quantizedError(0) && quantizedError(2) > quantizedError(1));
  // No layer: the table is rounded, then the head's rows and weights.
  const random = new Random(1);
  const [rows, width, outputs] = [30, 128, 40];
  const [table, head] = [random.normals(rows * width), random.normals(outputs * width)];
  const shape = { rows, inputs: width, outputs };
  const exact = linear({ x: table, weight: head }, shape);
  const rounded = linear({
    x: dequantizeWeights(quantizeWeights(table, rows, width)),
    weight: quantizeWeights(head, outputs, width),
  }, shape);
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  const error = norm(rounded.map((x, i) => x - exact[i])) / norm(exact);
  // Of rows that were rounded already little is lost again.
  assert(error > quantizedError(0) / 2 && error < 1.1 * quantizedError(0), `${error}`);
});
