/** WebGPU with each type of storage that the adapter has, beside the reference. */
import { CpuBackend } from "../../cpu/mod.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { type DeviceOptions, GpuBackend, type GpuDataType } from "../../gpu/mod.ts";
import { Random } from "../../tensor/random.ts";
import { REQUIRES_WEBGPU } from "../helpers/backends.ts";
import { Floors, runSteps, type Steps, type StoreError } from "../rooms/floors.ts";

/** The smallest normal float32: WGSL may take anything below for 0. */
export const SMALLEST = 2 ** -126;

const adapter = await navigator.gpu?.requestAdapter();
/** Where `LSG_REQUIRE_WEBGPU` is set a missing adapter is a failure, elsewhere a skip. */
const isMissing = !adapter && !REQUIRES_WEBGPU;

/** How values can be stored here. */
export const DTYPES: readonly GpuDataType[] = adapter?.features.has("shader-f16")
  ? ["fp32", "fp16"]
  : ["fp32"];

/** Half the distance between neighbours in float16: 2⁻¹¹ relative, or 2⁻²⁵ below 2⁻¹⁴. */
const storeHalf: StoreError = (y) => 2 ** -11 * Math.abs(y) + 2 ** -25;

/** A backend for each type of storage, and `more`; values are such that both hold them exactly. */
async function open(more: readonly DeviceOptions[]): Promise<Floors<GpuBackend>> {
  const all: DeviceOptions[] = [...DTYPES.map((dtype) => ({ dtype })), ...more];
  const kinds = await Promise.all(all.map(async (options) => ({
    name: JSON.stringify(options),
    backend: await GpuBackend.open(options),
    store: options.dtype === "fp16" ? storeHalf : () => 0,
  })));
  return new Floors(new CpuBackend(), kinds, {
    smallest: SMALLEST,
    largest: 65504,
    storable: half,
  });
}

/** A test that needs a graphics processor, or an emulated one. */
export function testOnGpu(name: string, body: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name: `webgpu: ${name}${isMissing ? " (no adapter)" : ""}`,
    ignore: isMissing,
    fn: body,
  });
}

/** A test with each type of storage, and on `more`; backends are opened once for its steps. */
export function testOnFloors(
  room: string,
  steps: Steps<GpuBackend>,
  more: readonly DeviceOptions[] = [],
): void {
  testOnGpu(room, async (t) => await runSteps(t, await open(more), steps));
}

/** The nearest float16 numbers. */
export function half(values: Float32Array): Float32Array {
  return decodeFloat16(encodeFloat16(values));
}

/** Standard normals, as float16 numbers; the same for the same number. */
export function draw(count: number, seed = count): Float32Array {
  return half(new Random(seed).normals(count));
}
