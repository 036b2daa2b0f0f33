/**
 * Finding a graphics processor.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { checkDataType } from "../../tensor/data_type.ts";
import { GpuError, NoAdapterError } from "./errors.ts";

/** How values can be stored. */
export type GpuDataType = Exclude<DataType, "q8">;

/** What a device is asked for. */
export interface DeviceOptions {
  /** How weights and activations are stored, "fp32" or "fp16"; absent: "fp32". */
  readonly dtype?: DataType;
  /** Bytes that a binding has at most; absent: what the adapter allows. Larger tables are split. */
  readonly largestBinding?: number;
  /** Whether kernels suit a processor that the main one emulates; absent: as the adapter says. */
  readonly isEmulated?: boolean;
}

/** Of several adapters the fastest. */
const FASTEST: GPURequestAdapterOptions = { powerPreference: "high-performance" };

/** Limits that are asked for as high as the adapter has them: with less, tables are split. */
const RAISED = ["maxStorageBufferBindingSize", "maxBufferSize"] as const;

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
      'Cannot open the device "webgpu": this program has no WebGPU; take the device "wasm", or ' +
        "a current Deno or browser (a page must come over https or from localhost)",
    );
  }
  const adapter = await gpu.requestAdapter(FASTEST);
  if (adapter) return adapter;
  throw new NoAdapterError(
    'Cannot open the device "webgpu": found no graphics processor; take the device "wasm", or ' +
      "install a Vulkan driver (mesa-vulkan-drivers has one for machines without a card)",
  );
}

/** What was found for {@linkcode hasHardware}: drivers may complain at each request. */
const found = new WeakMap<GPU, Promise<GPUAdapter | null>>();

/**
 * Whether there is a graphics processor, not an emulation on the main one, that stores values so.
 * Looks for one once.
 *
 * @param dtype How values are to be stored.
 * @returns Whether there is one.
 */
export async function hasHardware(dtype: DataType = "fp32"): Promise<boolean> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) return false;
  if (!found.has(gpu)) found.set(gpu, gpu.requestAdapter(FASTEST));
  const adapter = await found.get(gpu);
  return !!adapter && !adapter.info.isFallbackAdapter && canStore(adapter, dtype);
}

/**
 * Opens a device with what kernels use, as far as the adapter has it.
 *
 * @param dtype How values are stored.
 * @returns The device.
 * @throws {NoAdapterError} If there is no adapter.
 * @throws {RangeError} If the adapter cannot store values so.
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
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (error) {
    const { message } = error as Error;
    throw new GpuError(`Cannot open the device "webgpu": ${message}; take the device "wasm"`);
  }
}

/**
 * How values are to be stored.
 *
 * @param dtype What was asked for.
 * @returns The type; "fp32" if none was asked for.
 * @throws {RangeError} If there is none of that name, or not here.
 */
export function checkGpuDataType(dtype: DataType | undefined): GpuDataType {
  const checked = checkDataType(dtype);
  if (checked !== "q8") return checked;
  throw new RangeError(
    'Cannot open the device "webgpu" with dtype "q8": wanted "fp32" or "fp16"',
  );
}

function canStore(adapter: GPUAdapter, dtype: DataType): boolean {
  return dtype === "fp32" || (dtype === "fp16" && adapter.features.has("shader-f16"));
}
