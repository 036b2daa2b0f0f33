/**
 * Linear attention through feature maps.
 *
 * @module
 */
import { FEATURE_MAPS, type FeatureShape } from "../ops/attend_features.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";
import { choice } from "./machine/layout.ts";

/** `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)`; see cpu/attend_features.ts. */
export const attendFeatures: WasmKernel<"attendFeatures"> = oneCall("attendFeatures", {
  name: "attendFeatures",
  fields: {
    map: choice("FeatureMap", FEATURE_MAPS),
    query: "usize",
    key: "usize",
    value: "usize",
    mask: "usize",
    projection: "usize",
    y: "usize",
    scratch: "usize",
    /** Bytes of scratch memory per thread. */
    scratchBytes: "i32",
    batch: "i32",
    tokens: "i32",
    heads: "i32",
    width: "i32",
    features: "i32",
  },
}, ({ query, key, value, mask, projection = 0 }, y, shape, { threads, allocate }) => {
  const scratchBytes = scratchOf(shape);
  const scratch = allocate(threads * scratchBytes);
  return { query, key, value, mask, projection, y, ...shape, scratch, scratchBytes };
});

/**
 * Bytes that each thread needs for a head: a row's features, their maxima and sums, each padded to
 * whole vectors, and the weighted values.
 */
function scratchOf({ features, width }: FeatureShape): number {
  return 4 * (3 * 4 * Math.ceil(features / 4) + features * width);
}
