import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { softmax } from "../../pipelines/softmax.ts";

Deno.test("softmax() gives exp(xᵢ) / Σ exp(xⱼ)", () => {
  const scores = [0.5, -1, 2];
  const sum = Math.exp(0.5) + Math.exp(-1) + Math.exp(2);
  const probabilities = softmax(new Float32Array(scores));
  // Three exponentials, two additions and a division, each with one rounding error at most.
  scores.forEach((x, i) =>
    assertAlmostEquals(probabilities[i], Math.exp(x) / sum, 8 * Number.EPSILON)
  );
});

Deno.test("softmax() of one score is 1", () => {
  assertEquals(softmax(new Float32Array([-3])), new Float64Array([1]));
});

Deno.test("softmax() does not overflow or vanish", () => {
  assertEquals(softmax(new Float32Array([3e38, 3e38])), new Float64Array([0.5, 0.5]));
  assertEquals(softmax(new Float32Array([-3e38, -3e38])), new Float64Array([0.5, 0.5]));
  assertEquals(softmax(new Float32Array([3e38, -3e38])), new Float64Array([1, 0]));
});

Deno.test("softmax() sums to 1 over a large vocabulary", () => {
  const probabilities = softmax(Float32Array.from({ length: 50000 }, (_, i) => i % 13));
  const sum = probabilities.reduce((a, b) => a + b, 0);
  // 50,000 additions of numbers that sum to 1.
  assert(Math.abs(sum - 1) <= 50000 * Number.EPSILON);
});

for (const scores of [[], [NaN], [1, NaN], [1, Infinity], [1, -Infinity]]) {
  Deno.test(`softmax() refuses [${scores}]`, () => {
    assertThrows(() => softmax(new Float32Array(scores)), RangeError, "probabilities");
  });
}
