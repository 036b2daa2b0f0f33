import { assertEquals } from "@std/assert";
import { attendFeatures } from "../../gpu/attend_features.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { featureBound } from "../../verify/bounds.ts";
import {
  attendFeaturesCases,
  checkFeatures,
  type FeatureBound,
} from "../rooms/attend_features_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { draw, testOnFloors, testOnGpu } from "./floors.ts";

/**
 * The bound of verify/bounds.ts, with what WGSL lets be off by more than a rounding: `exp(x)` by
 * `3 + 2|x|` units in the last place, 2u each, where differences of exponents are at most `2E`, so
 * each feature by `(6 + 8E)u` in place of 4u; and a quotient by 2.5 units, 5u, once for a softmax
 * over the tokens and once for the result.
 */
const bound: FeatureBound = (size) => {
  const features = 2 * (2 + 8 * size.exponent);
  return featureBound(size, UNIT) + 2 * (features + 10) * UNIT * size.value;
};

testOnFloors("attendFeatures()", async (floors, step) => {
  await attendFeaturesCases(floors, step, bound);

  await step("more features and tokens than a workgroup has invocations", async () => {
    await checkFeatures(floors, "random", { tokens: 3, width: 8, features: 513, masked: 3 }, bound);
    await checkFeatures(floors, "softmax", { tokens: 513, width: 4, masked: 3 }, bound);
  });

  await step("of no token", async () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(0), [1, 0, 4]);
      const mask = backend.integers(new Int32Array(0), [1, 0]);
      for (const map of ["elu", "softmax"] as const) {
        const y = backend.attendFeatures(x, x, x, mask, { heads: 2, map });
        assertEquals([y.dims, await y.getData()], [[1, 0, 4], new Float32Array(0)]);
      }
    }
  });
});

testOnGpu(
  "attendFeatures() of some heads after the others gives what it gives at once",
  async () => {
    const machine = await Machine.open({});
    const [batch, tokens, heads, width, features] = [2, 5, 3, 4, 6];
    const dims = [batch, tokens, heads * width];
    const stored = (seed: number, dims: number[]) =>
      new GpuStorage(machine, "float32", dims, draw(dims.reduce((a, b) => a * b), seed)).buffer;
    const [query, key, value] = [1, 2, 3].map((seed) => stored(seed, dims));
    const projection = stored(4, [features, width]);
    const ones = new Int32Array(batch * tokens).fill(1);
    const mask = new GpuStorage(machine, "int32", [batch, tokens], ones).buffer;
    const results: Float32Array[] = [];
    for (const atOnce of [6, 4, 1]) {
      const y = new GpuStorage(machine, "float32", dims);
      const buffers = { query, key, value, mask, projection, y: y.buffer };
      const shape = { batch, tokens, heads, width, features, map: "random" } as const;
      const commands = machine.buffers.withScratch((allocate) =>
        attendFeatures(buffers, shape, atOnce, allocate)
      );
      assertEquals(commands.length, 8 * Math.ceil(6 / atOnce));
      machine.record(...commands);
      results.push(await y.read() as Float32Array);
    }
    for (const result of results) assertEquals(result, results[0]);
    machine.dispose();
  },
);
