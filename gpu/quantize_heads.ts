/**
 * Keys and values in 8 bits.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";

/** Refuses: attention on webgpu computes scores from floats. */
export const quantizeHeads: GpuKernel<"quantizeHeads"> = () => {
  throw new RangeError("Cannot hold keys and values in 8 bits on webgpu: wanted wasm or cpu");
};
