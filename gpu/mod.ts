/**
 * WebGPU: the operations of the reference on a graphics processor, in Deno and in browsers.
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
