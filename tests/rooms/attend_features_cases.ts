import { assertThrows } from "@std/assert";
import type { FeatureMap } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { type FeatureSize, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type Floors, type Step, within } from "./floors.ts";

const MAPS: readonly FeatureMap[] = ["elu", "softmax", "random"];

/** Sizes of an attention by features, and which tokens are masked. */
export interface FeatureCase {
  readonly tokens: number;
  readonly width: number;
  readonly features?: number;
  /** One in so many is masked; 1: all; 0: none. */
  readonly masked?: number;
  /** The length of rows, in standard normals. */
  readonly length?: number;
}

/** How far a floor may be off. */
export type FeatureBound = (size: FeatureSize) => number;

/** Attends by features of drawn rows, and compares; masked rows are NaN. */
export async function checkFeatures(
  floors: Floors,
  map: FeatureMap,
  drawn: FeatureCase,
  boundOf: FeatureBound,
): Promise<void> {
  const { tokens, width, masked = 0, length = 1 } = drawn;
  const [batch, heads] = [2, 3];
  const random = new Random(tokens + width);
  const { storable } = floors.numbers;
  const [query, key, value] = [length, length, 1].map((factor) =>
    storable(random.normals(batch * tokens * heads * width).map((x) => factor * x))
  );
  const features = map === "random" ? drawn.features ?? width : width;
  const omega = storable(random.normals(features * width));
  const mask = new Int32Array(batch * tokens)
    .map(() => masked > 0 && random.uniform() * masked < 1 ? 0 : 1);
  const longest = Math.max(largestLength(query, width), largestLength(key, width)) / width ** 0.25;
  const bound = boundOf({
    exponent: map === "random"
      ? largestLength(omega, width) * longest + longest ** 2 / 2
      : Math.max(largestMagnitude(query), largestMagnitude(key)),
    terms: map === "random" ? width : 1,
    features,
    keys: tokens,
    value: largestMagnitude(value),
    isRounded: false,
  });
  mask.forEach((visible, i) => {
    if (visible) return;
    [query, key, value].forEach((x) => x.fill(NaN, i * heads * width, (i + 1) * heads * width));
  });
  await floors.compare(`${map} ${JSON.stringify(drawn)}`, (backend) => {
    const [q, k, v] = [query, key, value].map((x) =>
      backend.floats(x, [batch, tokens, heads * width])
    );
    const projection = backend.floats(omega, [features, width]);
    const visible = backend.integers(mask, [batch, tokens]);
    return [backend.attendFeatures(q, k, v, visible, { heads, map, projection })];
  }, within(() => bound));
}

/** Each map around whole vectors, with and without masked tokens; what is refused. */
export async function attendFeaturesCases(
  floors: Floors,
  step: Step,
  bound: FeatureBound,
): Promise<void> {
  for (const map of MAPS) {
    await step(`${map}: sizes around whole vectors, masked tokens`, async () => {
      for (const width of [1, 3, 4, 5, 8, 17]) {
        for (const tokens of [1, 2, 7, 40]) {
          for (const masked of [0, 3, 1]) {
            await checkFeatures(
              floors,
              map,
              { tokens, width, masked, features: width + 2 },
              bound,
            );
          }
        }
      }
    });
  }

  await step("softmax of rows so long that their exponentials would overflow", async () => {
    await checkFeatures(floors, "softmax", { tokens: 9, width: 5, masked: 3, length: 100 }, bound);
  });

  await step("refuses shapes that do not fit", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [1, 3, 2]);
      const ones = backend.integers(new Int32Array(3).fill(1), [1, 3]);
      const run = (mask: Int32Array, heads: number, map: FeatureMap) => {
        const visible = backend.integers(mask, [1, mask.length]);
        return () => backend.attendFeatures(x, x, x, visible, { heads, map });
      };
      assertThrows(run(new Int32Array(2), 1, "elu"), TypeError, "mask has the shape [1,2]");
      assertThrows(run(new Int32Array([1, 5, 1]), 1, "elu"), RangeError, "mask holds 5 at 1");
      assertThrows(run(new Int32Array(3), 3, "elu"), RangeError, "do not divide into 3 heads");
      assertThrows(run(new Int32Array(3), 1, "random"), TypeError, "no projection");
      const projection = backend.floats(new Float32Array(3), [1, 3]);
      const options = { heads: 1, map: "random", projection } as const;
      assertThrows(
        () => backend.attendFeatures(x, x, x, ones, options),
        TypeError,
        "projection has the shape [1,3], wanted [1,2]",
      );
    }
  });
}
