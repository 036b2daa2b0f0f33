import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { accuracy, f1 } from "../../training/metrics.ts";

/** Scores whose best class is the given one. */
function scores(...classes: number[]): Float32Array[] {
  return classes.map((label) => Float32Array.from({ length: 4 }, (_, c) => c === label ? 1 : 0));
}

Deno.test("accuracy() and f1() of classes are those of scikit-learn", () => {
  // f1_score([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2], average=…)
  const prediction = { predictions: scores(0, 1, 1, 2, 0, 2), label_ids: [0, 0, 1, 2, 2, 2] };
  assertAlmostEquals(accuracy(prediction).accuracy, 4 / 6, 1e-15);
  const { f1_micro, f1_macro } = f1(prediction);
  assertAlmostEquals(f1_micro, 4 / 6, 1e-15);
  assertAlmostEquals(f1_macro, (0.5 + 2 / 3 + 0.8) / 3, 1e-15);
});

Deno.test("accuracy() and f1() of independent labels", () => {
  const predictions = [Float32Array.of(1, -1, 2), Float32Array.of(-1, -1, 1)];
  const label_ids = [[1, 0, 1], [0, 1, 1]];
  assertEquals(accuracy({ predictions, label_ids }).accuracy, 0.5);
  const { f1_micro, f1_macro } = f1({ predictions, label_ids });
  assertAlmostEquals(f1_micro, 6 / 7, 1e-15);
  assertAlmostEquals(f1_macro, (1 + 0 + 1) / 3, 1e-15);
});

Deno.test("accuracy() and f1() read rows as wide as a vocabulary; the first of equal scores wins", () => {
  const wide = new Float32Array(250_002).fill(-1);
  wide[250_001] = wide[7] = 1;
  const prediction = { predictions: [wide], label_ids: [7] };
  assertEquals(accuracy(prediction), { accuracy: 1 });
  assertEquals(f1(prediction), { f1_micro: 1, f1_macro: 1 });
  const broken = { predictions: [new Float32Array([NaN, 5])], label_ids: [0] };
  assertEquals(accuracy(broken), { accuracy: 0 });
});

Deno.test("accuracy() and f1() need as many predictions as labels", () => {
  for (const metric of [accuracy, f1]) {
    assertThrows(() => metric({ predictions: [], label_ids: [] }), RangeError, "at least one");
    assertThrows(() => metric({ predictions: scores(1), label_ids: [] }), RangeError, "1 pred");
  }
});
