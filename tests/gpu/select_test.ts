import { assert } from "@std/assert";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { assertSame, type Check, UNIT, within } from "../rooms/floors.ts";
import { checkSelect, isMean, selectCases, type SelectCheck } from "../rooms/select_cases.ts";
import { testOnFloors } from "./floors.ts";

/** Masks are the same bits, means lie within a bound. */
function means(bound: number): Check {
  return (actual, expected, store) => {
    assertSame(actual.slice(2), expected.slice(2));
    for (const part of [0, 1]) {
      within(() => bound)(actual.slice(part, part + 1), expected.slice(part, part + 1), store);
    }
  };
}

/** Norms of different keys have to be further apart than float32 sums are off. */
function assertNormsApart(keys: Float32Array, width: number): void {
  const norms = Array.from({ length: keys.length / width }, (_, i) => {
    const key = keys.subarray(i * width, (i + 1) * width);
    return key.reduce((sum, value) => sum + value * value, 0);
  }).filter((norm) => norm > 0).sort((a, b) => a - b);
  norms.slice(1).forEach((norm, i) => {
    const gap = norm - norms[i];
    assert(
      gap === 0 || gap > 2 * (width + 1) * UNIT * norm,
      "draw other keys: norms are too close",
    );
  });
}

/**
 * Masks and copies are the same bits. A mean of n tokens is off by at most `(n + 2)·u·max|x|`.
 *
 * With weights the exponentials come to that, which WGSL lets be off by `3 + 2|x|` units in the
 * last place, 2u each, above and below the division; they are of differences of scores, at most
 * `2S`, and a score of at most `S` is itself off by `(width + 2)·u·S`.
 */
const check: SelectCheck = (type, { query, keys, values, width, chunk, factor }) => {
  const visibleKeys = keys.map((value) => Number.isNaN(value) ? 0 : value);
  if (type === "norm") assertNormsApart(visibleKeys, width);
  const score = largestLength(query, width) * largestLength(visibleKeys, width) / Math.sqrt(width);
  const weights = 2 * (2 * (3 + 4 * score) + 2 * (width + 2) * score);
  const roundings = Math.max(factor, chunk) + 3 + (type === "bos_pooling" ? weights : 0);
  const largest = Math.max(largestMagnitude(visibleKeys), largestMagnitude(values));
  return isMean(type) ? means(roundings * UNIT * largest) : assertSame;
};

testOnFloors("select", async (floors, step) => {
  await selectCases(floors, step, check);

  await step("of chunks that are larger than a workgroup", async () => {
    const sizes = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2 };
    await checkSelect(floors, "lsh", { ...sizes, width: 9 }, check);
    await checkSelect(floors, "norm", { ...sizes, width: 9 }, check);
  });
});
