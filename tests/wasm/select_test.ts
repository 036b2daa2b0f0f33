import { assertSame, type Check, UNIT } from "../rooms/floors.ts";
import { checkSelect, isMean, selectCases, type SelectCheck } from "../rooms/select_cases.ts";
import { testOnFloors } from "./floors.ts";

/** Copies are the same bits; means may fall on the other side of one rounding. */
const means: Check = (actual, expected) => {
  assertSame(actual.slice(2), expected.slice(2));
  for (const part of [0, 1]) {
    actual[part].forEach((value, i) => {
      const wanted = expected[part][i];
      if (Math.abs(value - wanted) <= 2 * UNIT * Math.abs(wanted)) return;
      throw new Error(`value ${i} is ${value}, wanted ${wanted} within one rounding`);
    });
  }
};

const check: SelectCheck = (type) => isMean(type) ? means : assertSame;

testOnFloors("select", async (floors, step) => {
  await selectCases(floors, step, check);

  await step("of chunks that are larger than a thread's own memory", async () => {
    const sizes = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2 };
    await checkSelect(floors, "lsh", { ...sizes, width: 129 }, check);
    await checkSelect(floors, "norm", { ...sizes, width: 2 }, check);
  });
});
