import { slidingWindow } from "../../attention/mod.ts";
import { attentionBound } from "../../verify/bounds.ts";
import { attendCases } from "../rooms/attend_cases.ts";
import { type AttendBounds, checkAttend } from "../rooms/check_attend.ts";
import { UNIT } from "../rooms/floors.ts";
import { testOnFloors } from "./floors.ts";

/**
 * The bound of verify/bounds.ts, with the error of one float32 operation. To its `keys + 8`
 * roundings come the exponential of each weight, off by 2e-7 < 4u above and below the division,
 * and one more each time that a tile of keys raises the maximum: 8 and 8 for each 32 keys.
 */
const bounds: AttendBounds = {
  bound: (size) =>
    attentionBound({ ...size, keys: size.keys + 16 + 8 * Math.ceil(size.keys / 32) }, UNIT),
  few: 20 * UNIT,
};

testOnFloors("attend()", async (floors, step) => {
  await attendCases(floors, step, bounds);

  await step("in the large tiles of long texts", async () => {
    for (const queries of [2048, 2049]) {
      await checkAttend(floors, { queries, keys: 9, width: 4 }, bounds);
      const spans = [slidingWindow(2, 3)];
      await checkAttend(floors, { queries, keys: queries, width: 3, spans }, bounds);
    }
  });
});
