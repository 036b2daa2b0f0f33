import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { log_softmax, softmax } from "../../tensor/softmax.ts";

Deno.test("softmax() gives exp(xᵢ) / Σ exp(xⱼ)", () => {
  const scores = [0.5, -1, 2];
  const sum = Math.exp(0.5) + Math.exp(-1) + Math.exp(2);
  const probabilities = softmax(new Float64Array(scores));
  // Three exponentials, two additions and a division, each with one rounding error at most.
  scores.forEach((x, i) =>
    assertAlmostEquals(probabilities[i], Math.exp(x) / sum, 8 * Number.EPSILON)
  );
});

Deno.test("softmax() of one score is 1", () => {
  assertEquals(softmax(new Float64Array([-3])), new Float64Array([1]));
});

Deno.test("softmax() does not overflow or vanish", () => {
  assertEquals(softmax(new Float64Array([3e38, 3e38])), new Float64Array([0.5, 0.5]));
  assertEquals(softmax(new Float64Array([-3e38, -3e38])), new Float64Array([0.5, 0.5]));
  assertEquals(softmax(new Float64Array([3e38, -3e38])), new Float64Array([1, 0]));
});

Deno.test("softmax() sums to 1 over a large vocabulary", () => {
  const probabilities = softmax(Float64Array.from({ length: 50000 }, (_, i) => i % 13));
  const sum = probabilities.reduce((a, b) => a + b, 0);
  // 50,000 additions of numbers that sum to 1.
  assert(Math.abs(sum - 1) <= 50000 * Number.EPSILON);
});

for (const scores of [[], [NaN], [1, NaN], [1, Infinity], [1, -Infinity]]) {
  Deno.test(`softmax() refuses [${scores}]`, () => {
    assertThrows(() => softmax(new Float32Array(scores)), RangeError, "probabilities");
    assertThrows(() => log_softmax(scores), RangeError, "probabilities");
  });
}

Deno.test("softmax() and log_softmax() return an array of the kind that they are given", () => {
  assertEquals(softmax([7, 7]), [0.5, 0.5]);
  assertEquals(softmax(new Float32Array([7, 7])), new Float32Array([0.5, 0.5]));
  assertEquals(log_softmax([7, 7]), [-Math.LN2, -Math.LN2]);
  assertEquals(log_softmax(new Float32Array([7])), new Float32Array([0]));
  // Of another realm, as in a frame.
  assertEquals([...softmax(runInNewContext("new Float32Array([7, 7])"))], [0.5, 0.5]);
});

Deno.test("log_softmax() gives the logarithms of softmax(), also where that vanishes", () => {
  const scores = [0.5, -1, 2];
  const logarithms = log_softmax(scores);
  softmax(scores).forEach((probability, i) =>
    // Values below 4, a few roundings each.
    assertAlmostEquals(logarithms[i], Math.log(probability), 16 * Number.EPSILON)
  );
  assertEquals(log_softmax([0, -2000]), [0, -2000]);
});

Deno.test("softmax() refuses what is not an array of numbers", () => {
  const data = [new DataView(new ArrayBuffer(8)), new Int32Array([1, 3]), new Uint8Array([1, 3])];
  for (const scores of [undefined, 3, "12", ...data, ["a"], [1n]] as unknown as number[][]) {
    const wanted = Array.isArray(scores) ? RangeError : TypeError;
    for (const compute of [softmax, log_softmax]) {
      assertThrows(() => compute(scores), wanted, "Cannot make probabilities");
    }
  }
});
