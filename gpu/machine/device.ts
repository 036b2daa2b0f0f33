/**
 * Opening a graphics processor.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { canStore, FASTEST } from "./adapter.ts";
import { GpuError, NoAdapterError } from "./errors.ts";

/** Data types of stored values. */
export type GpuDataType = DataType;

/** Options of a device. */
export interface DeviceOptions {
  /**
   * Data type of weights, and with "fp16" of activations too; "fp32" if absent. With "q8" linear
   * layers multiply rows in 8 bits.
   */
  readonly dtype?: DataType;
  /** Most bytes of a binding; the adapter's limit if absent. Larger tables are split. */
  readonly largestBinding?: number;
  /**
   * Whether to use kernels for a graphics processor that the CPU emulates; as the adapter reports
   * if absent.
   */
  readonly isEmulated?: boolean;
  /** Most bytes of memory of a workgroup; the adapter's limit if absent. */
  readonly workgroupBytes?: number;
}

/** What kernels need to know of a device. */
export interface Traits {
  /** Whether the CPU emulates the graphics processor: loads are expensive, registers are memory. */
  readonly isEmulated: boolean;
  /** Bytes of a stored float. */
  readonly floatBytes: number;
  /** Bytes of memory that a workgroup may have. */
  readonly workgroupBytes: number;
}

/** The feature by which invocations that run together share values. */
const SUBGROUPS = "subgroups" as GPUFeatureName;

/**
 * Limits that are requested as high as the adapter has them: with lower ones, tables are split and
 * tiles are smaller.
 */
const RAISED = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
] as const;

/**
 * Finds an adapter.
 *
 * @returns The adapter.
 * @throws {NoAdapterError} If there is none.
 */
export async function findAdapter(): Promise<GPUAdapter> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) {
    throw new NoAdapterError(
      'Cannot open the device "webgpu": this runtime has no WebGPU; use the device "wasm", or ' +
        "a current Deno or browser; a page needs https or localhost",
    );
  }
  const adapter = await gpu.requestAdapter(FASTEST);
  if (adapter) return adapter;
  throw new NoAdapterError(
    'Cannot open the device "webgpu": found no graphics processor; use the device "wasm", or ' +
      "install a Vulkan driver, such as mesa-vulkan-drivers",
  );
}

/**
 * Tells whether there is an adapter, an emulated one included.
 *
 * @returns True if there is.
 */
export async function hasAdapter(): Promise<boolean> {
  try {
    await findAdapter();
    return true;
  } catch (error) {
    if (error instanceof NoAdapterError) return false;
    throw error;
  }
}

/**
 * Opens a device with the features and limits that kernels use, as far as the adapter has them.
 *
 * @param dtype Data type of stored values.
 * @returns The device.
 * @throws {NoAdapterError} If there is no adapter.
 * @throws {RangeError} If the adapter does not support the data type.
 * @throws {GpuError} If the driver gives no device.
 */
export async function openDevice(dtype: GpuDataType): Promise<GPUDevice> {
  const adapter = await findAdapter();
  if (!canStore(adapter, dtype)) {
    throw new RangeError(
      'Cannot open the device "webgpu" with dtype "fp16": the adapter lacks shader-f16; wanted ' +
        '"fp32"',
    );
  }
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures: GPUFeatureName[] = dtype === "fp16" ? ["shader-f16"] : [];
  if (adapter.features.has(SUBGROUPS)) requiredFeatures.push(SUBGROUPS);
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (error) {
    const { message } = error as Error;
    throw new GpuError(`Cannot open the device "webgpu": ${message}; use the device "wasm"`);
  }
}

/**
 * Tells whether kernels may sum over subgroups: the device has them, and its language their numbers.
 *
 * @param device The device.
 * @returns Whether they may.
 */
export function hasSubgroups(device: GPUDevice): boolean {
  const { wgslLanguageFeatures } = navigator.gpu as { wgslLanguageFeatures?: ReadonlySet<string> };
  return device.features.has(SUBGROUPS) && !!wgslLanguageFeatures?.has("subgroup_id");
}
