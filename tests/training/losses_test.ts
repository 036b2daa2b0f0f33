import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import {
  binaryCrossEntropy,
  crossEntropy,
  type Loss,
  meanSquaredError,
} from "../../training/losses.ts";

/** Asserts that the gradient is what differences of the loss tell. */
function checkGradient(scores: Float64Array, lossOf: (scores: Float64Array) => Loss): void {
  const { gradient } = lossOf(scores);
  assertEquals(gradient.length, scores.length);
  scores.forEach((score, i) => {
    const [more, less] = [1e-5, -1e-5].map((h) => lossOf(scores.with(i, score + h)).loss);
    assertAlmostEquals(gradient[i], (more - less) / 2e-5, 1e-9);
  });
}

const draw = (count: number) => Float64Array.from(new Random(count).normals(count));

Deno.test("crossEntropy() is the mean over rows that count, with and without smoothing", () => {
  const labels = Int32Array.of(2, -100, 0, 4);
  checkGradient(draw(20), (scores) => crossEntropy(scores, labels));
  checkGradient(draw(20), (scores) => crossEntropy(scores, labels, 0.1));
  // torch.nn.functional.cross_entropy(torch.tensor([[1., 2., 3.]]), torch.tensor([0]),
  // label_smoothing=0.1): log Σ exp − 0.9·1 − 0.1·2.
  const smoothed = crossEntropy(Float64Array.of(1, 2, 3), Int32Array.of(0), 0.1);
  assertAlmostEquals(smoothed.loss, Math.log(Math.E + Math.E ** 2 + Math.E ** 3) - 1.1, 1e-12);
});

Deno.test("crossEntropy() of rows that do not count is 0", () => {
  const { loss, gradient } = crossEntropy(draw(6), Int32Array.of(-100, -100));
  assertEquals([loss, ...gradient], [0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("crossEntropy() of large scores is finite", () => {
  const { loss, gradient } = crossEntropy(Float32Array.of(1e30, -1e30), Int32Array.of(0));
  assertEquals([loss, ...gradient], [0, 0, 0]);
});

Deno.test("crossEntropy() refuses labels that are no classes", () => {
  for (const label of [-1, 3]) {
    assertThrows(
      () => crossEntropy(draw(3), Int32Array.of(label)),
      RangeError,
      `Cannot use label ${label} in row 0: wanted 0 … 2, or -100`,
    );
  }
  assertThrows(() => crossEntropy(draw(3), Int32Array.of(0, 0)), RangeError, "3 scores with 2");
  assertThrows(() => crossEntropy(draw(2), Int32Array.of(0), 2), RangeError, "by 2");
});

Deno.test("binaryCrossEntropy() and meanSquaredError() are means over all scores", () => {
  const labels = Float64Array.of(1, 0, 0.25, 1);
  checkGradient(draw(4), (scores) => binaryCrossEntropy(scores, labels));
  checkGradient(draw(4), (scores) => meanSquaredError(scores, labels));
  assertEquals(binaryCrossEntropy(Float32Array.of(1e4, -1e4), Float32Array.of(1, 0)).loss, 0);
  assertEquals(meanSquaredError(Float32Array.of(3), Float32Array.of(1)).loss, 4);
  assertThrows(() => meanSquaredError(draw(2), labels), RangeError, "2 scores with 4 labels");
  assertThrows(() => binaryCrossEntropy(draw(1), Float64Array.of(2)), RangeError, "label 2 at 0");
  for (const label of [NaN, Infinity]) {
    const call = () => meanSquaredError(draw(1), Float64Array.of(label));
    assertThrows(call, RangeError, `label ${label} at 0`);
  }
});
