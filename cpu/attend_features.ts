/**
 * Linear attention through feature maps.
 *
 * @module
 */
import type { FeatureShape } from "../ops/attend_features.ts";
import type { CpuOperands } from "./roles.ts";
import { limitScore } from "./score.ts";

/**
 * `φ(qᵢ)·Σⱼ φ(kⱼ)vⱼᵀ / φ(qᵢ)·Σⱼ φ(kⱼ)` over visible tokens, where `φ` is
 * - `elu`: `elu(x) + 1` (Katharopoulos et al., 2020),
 * - `softmax`: of a query over its width, of keys over the tokens (Shen et al., 2018),
 * - `random`: `exp(ωx̃ − |x̃|²/2)` with `x̃ = x/width^¼`, which in the mean over `ω` is softmax
 *   attention (Choromanski et al., 2021).
 *
 * The maximum of each feature's exponents over the keys is subtracted from them, with `random` added
 * to those of a query, and then the query's maximum subtracted, so that none overflows and some
 * remain; they cancel, as `|x̃|²/2` of a query does. An exponent beyond the range of float32 is
 * infinite, as in `attend`. Rows are zero where no token is visible.
 *
 * @param operands query, key and value `[batch, tokens, heads·width]`; mask `[batch, tokens]`: 1
 * visible, 0 padding; projection, for `random` alone: `ω`, `[features, width]`.
 * @param shape Sizes and map.
 * @returns `[batch, tokens, heads·width]`.
 *
 * @example Equal keys: the mean of the values
 * ```ts
 * import { attendFeatures } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const query = new Float32Array([1, 1]);
 * const value = new Float32Array([2, 6]);
 * const mask = new Int32Array([1, 1]);
 * const shape = { batch: 1, tokens: 2, heads: 1, width: 1, map: "elu", features: 1 } as const;
 * assertEquals([...attendFeatures({ query, key: query, value, mask }, shape)], [4, 4]);
 * ```
 */
export function attendFeatures(
  { query, key, value, mask, projection }: CpuOperands<"attendFeatures">,
  { batch, tokens, heads, width, map, features }: FeatureShape,
): Float32Array {
  const output = new Float32Array(query.length);
  for (let b = 0; b < batch; b++) {
    const visible = [...Array(tokens).keys()].filter((t) => mask[b * tokens + t] === 1);
    if (visible.length === 0) continue;
    for (let h = 0; h < heads; h++) {
      const offset = (t: number) => ((b * tokens + t) * heads + h) * width;
      const row = (x: Float32Array, t: number) => x.subarray(offset(t), offset(t) + width);
      const keys = visible.map((t) => exponentsOf(row(key, t), projection, true));
      const tops = largest(keys);
      // `Σφ(k)` and `Σφ(k)vᵀ`.
      const sums = new Float64Array(features);
      const weighted = new Float64Array(features * width);
      keys.forEach((exponent, i) => {
        const v = row(value, visible[i]);
        for (let f = 0; f < features; f++) {
          const feature = map === "elu" ? eluPlusOne(exponent[f]) : Math.exp(exponent[f] - tops[f]);
          sums[f] += feature;
          for (let d = 0; d < width; d++) weighted[f * width + d] += feature * v[d];
        }
      });
      if (map === "softmax") {
        weighted.forEach((_, i) => weighted[i] /= sums[Math.floor(i / width)]);
        sums.fill(1);
      }
      for (let t = 0; t < tokens; t++) {
        if (mask[b * tokens + t] === 0) continue;
        const exponent = exponentsOf(row(query, t), projection, false);
        if (map === "random") exponent.forEach((_, f) => exponent[f] += tops[f]);
        const top = exponent.reduce((a, b) => Math.max(a, b));
        const mixed = new Float64Array(width);
        let sum = 0;
        for (let f = 0; f < features; f++) {
          const feature = map === "elu" ? eluPlusOne(exponent[f]) : Math.exp(exponent[f] - top);
          sum += feature * sums[f];
          for (let d = 0; d < width; d++) mixed[d] += feature * weighted[f * width + d];
        }
        for (let d = 0; d < width; d++) output[offset(t) + d] = mixed[d] / sum;
      }
    }
  }
  return output;
}

/** The maximum of each feature's exponents. */
function largest(keys: readonly Float64Array[]): Float64Array {
  const tops = Float64Array.from(keys[0]);
  for (const key of keys) tops.forEach((top, f) => tops[f] = Math.max(top, key[f]));
  return tops;
}

/** The row itself, or with a projection `ωx̃`, of a key `ωx̃ − |x̃|²/2`, with `x̃ = x/width^¼`. */
function exponentsOf(
  x: Float32Array,
  projection: Float32Array | undefined,
  isKey: boolean,
): Float64Array {
  if (!projection) return Float64Array.from(x);
  const width = x.length;
  const scale = width ** -0.25;
  const half = isKey ? x.reduce((sum, value) => sum + (value * scale) ** 2, 0) / 2 : 0;
  return new Float64Array(projection.length / width).map((_, f) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += projection[f * width + d] * x[d] * scale;
    return limitScore(sum - half);
  });
}

function eluPlusOne(x: number): number {
  return x > 0 ? x + 1 : Math.exp(x);
}
