/** WebGPU with each type of storage that the adapter has, beside the reference. */
import { CpuBackend } from "../../cpu/mod.ts";
import { type DeviceOptions, GpuBackend, type GpuDataType } from "../../gpu/mod.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { Random } from "../../tensor/random.ts";
import { testOnBackend } from "../helpers/backends.ts";
import {
  ComparedBackends,
  runSteps,
  type Steps,
  type StoreError,
} from "../ops/compared_backends.ts";
import { SMALLEST } from "./bounds.ts";

const adapter = await navigator.gpu?.requestAdapter();

/** How values can be stored on this adapter. */
export const DTYPES: readonly GpuDataType[] = adapter?.features.has("shader-f16")
  ? ["fp32", "fp16"]
  : ["fp32"];

/** Half the distance between neighbours in float16: 2⁻¹¹ relative, or 2⁻²⁵ below 2⁻¹⁴. */
const storeHalf: StoreError = (y) => 2 ** -11 * Math.abs(y) + 2 ** -25;

/** A graphics processor of its own, with as little memory for workgroups as WebGPU guarantees. */
const SMALL = { isEmulated: false, workgroupBytes: 16384 };

/**
 * Opens a backend for each type of storage, float32 first, and those with other options. Values are
 * such that all types hold them exactly.
 */
export async function openGpu(
  more: readonly DeviceOptions[] = [],
  dtypes: readonly GpuDataType[] = DTYPES,
): Promise<ComparedBackends<GpuBackend>> {
  // One of them with the kernels for graphics processors that have no more memory than guaranteed.
  const all: DeviceOptions[] = [
    ...dtypes.map((dtype) => dtype === "fp16" ? { dtype, ...SMALL } : { dtype }),
    ...more,
  ];
  const kinds = await Promise.all(all.map(async (options) => ({
    name: JSON.stringify(options),
    backend: await GpuBackend.open(options),
    store: options.dtype === "fp16" ? storeHalf : () => 0,
  })));
  return new ComparedBackends(new CpuBackend(), kinds, {
    smallest: SMALLEST,
    largest: 65504,
    storable: half,
  });
}

/** A test that needs a graphics processor, or an emulated one. */
export function testOnGpu(name: string, body: (t: Deno.TestContext) => Promise<void>): void {
  testOnBackend("webgpu", name, body);
}

/** A test with each type of storage; backends are opened once for its steps. */
export function compareOnGpu(name: string, steps: Steps<GpuBackend>): void {
  testOnGpu(name, async (t) => await runSteps(t, await openGpu(), steps));
}

/** The nearest float16 numbers. */
export function half(values: Float32Array): Float32Array {
  return decodeFloat16(encodeFloat16(values));
}

/** Standard normals, as float16 numbers; the same for the same number. */
export function draw(count: number, seed = count): Float32Array {
  return half(new Random(seed).normals(count));
}
