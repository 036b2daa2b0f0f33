import { attentionBound } from "../../verify/bounds.ts";
import { attendCases } from "../rooms/attend_cases.ts";
import { type AttendBounds, checkAttend } from "../rooms/check_attend.ts";
import { UNIT } from "../rooms/floors.ts";
import { testOnFloors } from "./floors.ts";

/**
 * The bound of verify/bounds.ts, with the error of one float32 operation, and the exponentials:
 * WGSL lets `exp(x)` be off by `3 + 2|x|` units in the last place, 2u each, and no difference of
 * scores is larger than `2S`. That holds for each weight above and below the division, and once
 * more for the factors by which rising maxima shrink it: `3` for each tile of 32 keys, and the
 * differences add up to `2S`.
 */
const bounds: AttendBounds = {
  bound: (size, spans) => {
    const difference = 2 * size.scale * size.query * size.key;
    const tiles = Math.ceil(size.keys / 32) * spans + 1;
    const exponentials = 2 * (3 + 2 * difference) + 3 * tiles + 2 * difference;
    return attentionBound(size, UNIT) + 2 * UNIT * exponentials * size.value;
  },
  few: 40 * UNIT,
};

testOnFloors("attend()", async (floors, step) => {
  await attendCases(floors, step, bounds);

  await step("in tiles of 64 rows, where there are enough of them", async () => {
    for (const queries of [63, 65]) {
      await checkAttend(floors, { queries, keys: 33, width: 4, heads: 64, batch: 4 }, bounds);
    }
  });
});
