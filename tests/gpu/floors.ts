/** The same call on the reference and on WebGPU, with each type of storage that the adapter has. */
import { assertEquals } from "@std/assert";
import type { Backend } from "../../backend.ts";
import { decodeFloat16, encodeFloat16 } from "../../float16.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { Random } from "../../random.ts";
import type { Tensor, TensorArrays } from "../../tensor.ts";
import { REQUIRES_WEBGPU } from "../helpers/backends.ts";

/** What a call gave. */
type Result = TensorArrays["float32" | "int32"];

/** A call; what it uploads and makes is given back, what it returns is read before. */
export type Call = (backend: Backend) => readonly Tensor<"float32" | "int32">[];

/** Compares what a floor gave with what the reference gave; `store` is the error of storing y. */
export type Check = (
  actual: readonly Result[],
  expected: readonly Result[],
  store: (y: number) => number,
) => void;

/** Half the distance from 1 to the next float32: the largest relative error of one rounding. */
export const UNIT = 2 ** -24;

/** The smallest normal float32: WGSL may take anything below for 0. */
export const SMALLEST = 2 ** -126;

const adapter = await navigator.gpu?.requestAdapter();
/** Where `LSG_REQUIRE_WEBGPU` is set a missing adapter is a failure, elsewhere a skip. */
const isMissing = !adapter && !REQUIRES_WEBGPU;

/** How values can be stored here. */
const DTYPES = adapter?.features.has("shader-f16") ? ["fp32", "fp16"] as const : ["fp32"] as const;

/**
 * What storing a result adds to its error: nothing in float32, which bounds of `UNIT` have in them;
 * in float16 half the distance between neighbours, 2⁻¹¹ relative or 2⁻²⁵ below 2⁻¹⁴.
 */
function storeError(dtype: "fp32" | "fp16"): (y: number) => number {
  return dtype === "fp32" ? () => 0 : (y) => 2 ** -11 * Math.abs(y) + 2 ** -25;
}

/** Opened backends. */
export class Floors {
  readonly #reference = new CpuBackend();

  private constructor(private readonly floors: readonly GpuBackend[]) {}

  static async open(): Promise<Floors> {
    return new Floors(await Promise.all(DTYPES.map((dtype) => GpuBackend.open({ dtype }))));
  }

  /** Each backend. */
  get all(): readonly GpuBackend[] {
    return this.floors;
  }

  /** Runs a call everywhere and checks it. */
  async compare(name: string, call: Call, check: Check): Promise<void> {
    const expected = await results(this.#reference, call);
    for (const backend of this.floors) {
      const actual = await results(backend, call);
      try {
        assertEquals(actual.map((x) => x.length), expected.map((x) => x.length), "sizes");
        check(actual, expected, storeError(backend.dtype));
      } catch (error) {
        throw new Error(`${backend.dtype}, ${name}: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  /** Ends all of them. */
  dispose(): void {
    this.floors.forEach((backend) => backend.dispose());
    this.#reference.dispose();
  }
}

/** A step of a test. */
export type Step = (name: string, run: () => void | Promise<void>) => Promise<boolean>;

/** A test that needs a graphics processor, or an emulated one. */
export function testOnGpu(name: string, body: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name: `webgpu: ${name}${isMissing ? " (no adapter)" : ""}`,
    ignore: isMissing,
    fn: body,
  });
}

/** A test on all floors; they are opened once for its steps. */
export function testOnFloors(
  room: string,
  body: (floors: Floors, step: Step) => Promise<void>,
): void {
  testOnGpu(room, async (t) => {
    const floors = await Floors.open();
    try {
      await body(floors, (name, run) => t.step(name, run));
    } finally {
      floors.dispose();
    }
  });
}

/** That all results are the reference's, bit for bit. */
export const assertSame: Check = (actual, expected) => {
  actual.forEach((values, i) => {
    const at = values.findIndex((value, place) => !Object.is(value, expected[i][place]));
    if (at === -1) return;
    throw new Error(`value ${at} of result ${i} is ${values[at]}, wanted ${expected[i][at]}`);
  });
};

/** That each value of the only result lies within its bound of the reference's, and is stored. */
export function within(
  bound: (expected: number, place: number, store: (y: number) => number) => number,
): Check {
  return ([actual], [expected], store) => {
    const most = (i: number) => {
      const error = bound(expected[i], i, store);
      return error + store(Math.abs(expected[i]) + error);
    };
    const at = actual.findIndex((value, i) => !(Math.abs(value - expected[i]) <= most(i)));
    if (at === -1) return;
    throw new Error(`value ${at} is ${actual[at]}, wanted ${expected[at]} within ${most(at)}`);
  };
}

/** The nearest float16 numbers, which both types of storage hold exactly. */
export function half(values: Float32Array): Float32Array {
  return decodeFloat16(encodeFloat16(values));
}

/** Standard normals, as float16 numbers; the same for the same number. */
export function draw(count: number, seed = count): Float32Array {
  return half(new Random(seed).normals(count));
}

/** Reads back, and asserts that nothing is left over. */
async function results(backend: Backend, call: Call): Promise<Result[]> {
  const before = backend.memory();
  const kept = backend.scope(() => [...call(backend)]);
  const values = await Promise.all(kept.map((tensor) => tensor.getData()));
  kept.forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
  return values;
}
