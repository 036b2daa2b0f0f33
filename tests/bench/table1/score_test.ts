import { assertAlmostEquals, assertEquals } from "@std/assert";
import { score } from "../../../bench/table1/score.ts";
import { CpuBackend } from "../../../cpu/mod.ts";
import type { MaskedLM } from "../../../models/mod.ts";

Deno.test("score() returns the mean of −log₂ p, and the accuracy", async () => {
  const backend = new CpuBackend();
  const rows = [[Math.log(3), 0], [0, Math.log(3)]];
  const model = {
    logitsAt: (_: unknown, [positions]: number[][]) =>
      Promise.resolve(
        backend.floats(Float32Array.from(positions.flatMap((p) => rows[p])), [
          1,
          positions.length,
          2,
        ]),
      ),
  } as unknown as MaskedLM;
  const { bits, accuracy, borders } = await score(model, [
    { ids: [9, 9], positions: [0, 1], targets: [0, 0] },
    { ids: [9], positions: [], targets: [] },
    { ids: [9], positions: [1], targets: [1] },
  ]);
  // p is 3/4, 1/4 and 3/4; ln 3 is rounded to float32.
  assertAlmostEquals(bits, (2 - 2 * Math.log2(3 / 4)) / 3, 1e-6);
  assertEquals(accuracy, 2 / 3);
  assertEquals(borders, []);
  assertEquals(backend.memory().tensors, 0);
});
