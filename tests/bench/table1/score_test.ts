import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { estimate, score } from "../../../bench/table1/score.ts";
import { CpuBackend } from "../../../cpu/mod.ts";
import type { MaskedLM } from "../../../models/mod.ts";

Deno.test("score() is the mean of −log₂ p, and the share of right guesses", async () => {
  const backend = new CpuBackend();
  const rows = [[Math.log(3), 0], [0, Math.log(3)]];
  const model = {
    logitsAt: (_: unknown, [places]: number[][]) =>
      Promise.resolve(
        backend.floats(Float32Array.from(places.flatMap((p) => rows[p])), [1, places.length, 2]),
      ),
  } as unknown as MaskedLM;
  const { bits, accuracy } = await score(model, [
    { ids: [9, 9], places: [0, 1], truth: [0, 0] },
    { ids: [9], places: [], truth: [] },
    { ids: [9], places: [1], truth: [1] },
  ]);
  // p is 3/4, 1/4 and 3/4; ln 3 is rounded to float32.
  assertAlmostEquals(bits, (2 - 2 * Math.log2(3 / 4)) / 3, 1e-6);
  assertEquals(accuracy, 2 / 3);
  assertEquals(backend.memory().tensors, 0);
});

Deno.test("estimate() is the mean and its standard error", () => {
  assertEquals(estimate([1, 2, 3, 6]), { mean: 3, error: Math.sqrt(14 / 3 / 4) });
  assertEquals(estimate([5]), { mean: 5, error: 0 });
  assertThrows(() => estimate([]), RangeError, "no values");
});
