import { assertThrows } from "@std/assert";
import { type Floors, UNIT, within } from "../rooms/floors.ts";
import { checkLinear, type LinearCase, linearCases } from "../rooms/linear_cases.ts";
import { activationBound } from "./activation_bound.ts";
import { testOnFloors } from "./floors.ts";

/** A case with the bounds of this floor. */
const check = (floors: Floors, drawn: LinearCase) => checkLinear(floors, drawn, activationBound);

testOnFloors("linear()", async (floors, step) => {
  await linearCases(floors, step, activationBound);

  await step("at each number of rows", async () => {
    for (const rows of [1, 4, 5, 6, 9, 10, 11, 159, 160, 161, 321]) {
      for (const outputs of [7, 8, 17]) {
        await check(floors, { rows, inputs: 5, outputs, bias: true });
      }
    }
  });

  await step("at each number of inputs", async () => {
    for (const inputs of [1, 3, 4, 5, 767, 768, 769, 1537]) {
      for (const bias of [false, true]) {
        await check(floors, { rows: 6, inputs, outputs: 9, bias });
        await check(floors, { rows: 10, inputs, outputs: 8, bias });
      }
    }
  });

  await step("at each number of outputs", async () => {
    for (const outputs of [1, 7, 8, 9, 15, 16, 17]) {
      for (const bias of [false, true]) await check(floors, { rows: 11, inputs: 6, outputs, bias });
    }
  });

  await step("where rows and depth both go in blocks", async () => {
    await check(floors, { rows: 161, inputs: 769, outputs: 9, bias: true });
    await check(floors, { rows: 161, inputs: 769, outputs: 9, activation: "gelu" });
  });

  await step("refuses sums of nothing", () => {
    for (const backend of floors.all) {
      const empty = backend.floats(new Float32Array(0), [2, 0]);
      assertThrows(() => backend.linear(empty, empty), RangeError, "x has no columns");
      empty.dispose();
    }
  });

  await step("with one tensor as weights of two shapes", async () => {
    const [x, wide, values] = [12, 15, 20].map((count) => floors.draw(count));
    for (const first of [true, false]) {
      await floors.compare(
        "[5, 4] and [4, 5]",
        (backend) => {
          const weight = backend.floats(values, [5, 4]);
          const calls = [
            () => backend.linear(backend.floats(x, [3, 4]), weight),
            () => backend.linear(backend.floats(wide, [3, 5]), weight.reshape([4, 5])),
          ];
          const outputs = (first ? calls : calls.toReversed()).map((call) => call());
          return [outputs[1]];
        },
        within(() => 7 * UNIT * 64),
      );
    }
  });
});
