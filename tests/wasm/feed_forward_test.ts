import { assertThrows } from "@std/assert";
import {
  checkFeedForward,
  type FeedForwardCase,
  feedForwardCases,
} from "../rooms/feed_forward_cases.ts";
import type { Floors } from "../rooms/floors.ts";
import { activationBound } from "./activation_bound.ts";
import { testOnFloors } from "./floors.ts";

/** A case with the bounds of this floor. */
const check = (floors: Floors, drawn: FeedForwardCase) =>
  checkFeedForward(floors, drawn, activationBound);

testOnFloors("feedForward()", async (floors, step) => {
  await feedForwardCases(floors, step, activationBound);

  await step("at each number of rows", async () => {
    for (const rows of [1, 5, 6, 159, 160, 161, 321]) {
      for (const bias of [false, true]) {
        await check(floors, { rows, inputs: 5, inner: 9, outputs: 7, bias });
      }
    }
  });

  await step("at each inner width", async () => {
    for (const inner of [1, 7, 8, 9, 767, 768, 769, 777, 1537]) {
      await check(floors, { rows: 6, inputs: 3, inner, outputs: 9, bias: true });
    }
  });

  await step("at each outer width", async () => {
    for (const width of [1, 7, 8, 769]) {
      await check(floors, { rows: 6, inputs: width, inner: 10, outputs: 8, bias: true });
      await check(floors, { rows: 6, inputs: 4, inner: 10, outputs: width });
    }
  });

  await step("where rows, inner columns and inputs all go in blocks", async () => {
    await check(floors, { rows: 161, inputs: 769, inner: 770, outputs: 3, bias: true });
  });

  await step("refuses sums of nothing", () => {
    for (const backend of floors.all) {
      const [x, empty] = [[2, 3], [0, 3]].map((dims) =>
        backend.floats(new Float32Array(dims[0] * dims[1]), dims)
      );
      assertThrows(
        () => backend.feedForward(x, { weight: empty }, "relu", { weight: empty.reshape([3, 0]) }),
        RangeError,
        "x has 3 columns and 0 inner columns",
      );
      [x, empty].forEach((tensor) => tensor.dispose());
    }
  });
});
