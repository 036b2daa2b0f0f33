import { assertThrows } from "@std/assert";
import { layerNormCases } from "../rooms/layer_norm_cases.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("layerNorm()", async (floors, step) => {
  // Two roundings of the result here, one of the reference.
  await layerNormCases(floors, step, 3);

  await step("refuses rows that are too wide", () => {
    const width = 2 ** 18 + 1;
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(width), [width]);
      const row = x.reshape([1, width]);
      assertThrows(() => backend.layerNorm(row, x, x, 0), RangeError, "wanted at most 262144");
      x.dispose();
    }
  });
});
