/**
 * WebGPU: the operations of the reference on a graphics processor, in Deno and in browsers.
 *
 * @example A model on the graphics card, if there is one
 * ```ts
 * import { availableBackends, openBackend, pipeline } from "@lsg/core";
 *
 * if ((await availableBackends()).includes("webgpu")) {
 *   using backend = await openBackend("webgpu");
 *   using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base", { device: backend });
 *   console.log(await unmasker("A <mask> letter.", { top_k: 1 }));
 * }
 * ```
 *
 * @module
 */
export { GpuBackend } from "./backend.ts";
export type { DeviceOptions, GpuDataType } from "./machine/device.ts";
export {
  DeviceLostError,
  GpuError,
  KernelError,
  NoAdapterError,
  OutOfMemoryError,
} from "./machine/errors.ts";
export type { GpuCounts } from "./machine/machine.ts";
