import { FEATURE_MAPS, type FeatureMap } from "../../ops/attend_features.ts";
import { Random } from "../../tensor/random.ts";
import { type FeatureSize, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type ComparedBackends, type Step, within } from "./compared_backends.ts";
import { attendFeatures } from "../../ops/attend_features.ts";

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

/** How far a backend may be off. */
export type FeatureBound = (size: FeatureSize) => number;

/** Attends by features of drawn rows, and compares; masked rows are NaN. */
export async function checkFeatures(
  backends: ComparedBackends,
  map: FeatureMap,
  drawn: FeatureCase,
  boundOf: FeatureBound,
): Promise<void> {
  const { tokens, width, masked = 0, length = 1 } = drawn;
  const [batch, heads] = [2, 3];
  const random = new Random(tokens + width);
  const { storable } = backends.numbers;
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
  await backends.compare(`${map} ${JSON.stringify(drawn)}`, (backend) => {
    const [q, k, v] = [query, key, value].map((x) =>
      backend.floats(x, [batch, tokens, heads * width])
    );
    const projection = backend.floats(omega, [features, width]);
    const visible = backend.integers(mask, [batch, tokens]);
    return [backend.run(attendFeatures, q, k, v, visible, { heads, map, projection })];
  }, within(() => bound));
}

/** Each map around whole vectors, with and without masked tokens. */
export async function attendFeaturesCases(
  backends: ComparedBackends,
  step: Step,
  bound: FeatureBound,
): Promise<void> {
  for (const map of FEATURE_MAPS) {
    await step(`${map}: sizes around whole vectors, masked tokens`, async () => {
      for (const width of [1, 3, 4, 5, 8, 17]) {
        for (const tokens of [1, 2, 7, 40]) {
          for (const masked of [0, 3, 1]) {
            await checkFeatures(
              backends,
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
    await checkFeatures(
      backends,
      "softmax",
      { tokens: 9, width: 5, masked: 3, length: 100 },
      bound,
    );
  });
}
