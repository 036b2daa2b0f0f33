import { assertEquals } from "@std/assert";
import { GpuBackend } from "../../gpu/mod.ts";
import type { Floors } from "../rooms/floors.ts";
import { checkLinear, type LinearCase, linearCases } from "../rooms/linear_cases.ts";
import { activationBound } from "./activation_bound.ts";
import { draw, testOnFloors, testOnGpu } from "./floors.ts";

/** A case with the bounds of this floor. */
const check = (floors: Floors, drawn: LinearCase) =>
  checkLinear(floors, drawn, activationBound, "weight");

testOnFloors("linear()", async (floors, step) => {
  await linearCases(floors, step, activationBound);

  await step("at each edge of an emulation's tiles, 12 by 96", async () => {
    for (const rows of [1, 11, 12, 13, 25]) {
      for (const outputs of [1, 8, 9, 95, 96, 97]) {
        await check(floors, { rows, inputs: 12, outputs, bias: true });
      }
    }
  });

  await step("at each edge of small tiles, 32 by 32", async () => {
    for (const rows of [1, 7, 31, 32, 33, 65]) {
      for (const outputs of [1, 31, 32, 33]) {
        await check(floors, { rows, inputs: 8, outputs, bias: true });
      }
    }
  });

  await step("at each edge of large tiles, 128 by 128", async () => {
    // 128 of them at least, or small ones would do.
    for (const rows of [1408, 1409, 1535, 1536, 1537]) {
      await check(floors, { rows, inputs: 8, outputs: 1408 + rows % 3, bias: true });
    }
  });

  await step("at each number of inputs: whole vectors, whole steps of 8, and others", async () => {
    for (const inputs of [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 255, 256, 260]) {
      for (const bias of [false, true]) {
        await check(floors, { rows: 33, inputs, outputs: 34, bias });
      }
    }
  });

  await step("of large tiles with inputs that are no whole vectors", async () => {
    await check(floors, { rows: 1409, inputs: 13, outputs: 1409 });
    await check(floors, { rows: 1409, inputs: 20, outputs: 1409, activation: "relu" });
  });

  await step("of sums of nothing", async () => {
    await check(floors, { rows: 2, inputs: 0, outputs: 3, bias: true });
  });
}, [{ isEmulated: false }]);

testOnGpu("linear() of operands that are split into parts", async () => {
  // Rows of 32 bytes: 32 rows of x and of the weights a part, 5 rows of y.
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const whole = await GpuBackend.open();
  const [x, weight, bias] = [draw(70 * 8, 1), draw(40 * 8, 2), draw(40, 3)];
  const [actual, expected] = await Promise.all([split, whole].map((backend) => {
    const y = backend.linear(
      backend.floats(x, [70, 8]),
      backend.weight(weight, [40, 8]),
      backend.floats(bias, [40]),
      "relu",
    );
    return y.getData();
  }));
  assertEquals(actual, expected);
  // 12 parts of y, two of them across parts of x, with each of 2 parts of the weights.
  assertEquals(split.counts.launches, 28);
  assertEquals(whole.counts.launches, 1);
  split.dispose();
  whole.dispose();
});
