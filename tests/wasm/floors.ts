/** Every kind of WebAssembly backend, beside the reference. */
import type { DataType } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { Floors, type Kind, runSteps, type Steps } from "../rooms/floors.ts";

/** The smallest float32 above 0, the largest error of a rounding near 0. */
export const SMALLEST = 2 ** -149;

/** Both builds, on one thread and on two, which change no bit. */
async function open(dtype: DataType): Promise<Floors<WasmBackend>> {
  const kinds: Kind<WasmBackend>[] = [];
  for (const build of ["relaxed", "plain"] as const) {
    for (const threads of [1, 2]) {
      kinds.push({
        name: `${build} ${threads}`,
        backend: await WasmBackend.open({ build, threads, dtype }),
        store: () => 0,
        ...(threads === 2 && { sameAs: `${build} 1` }),
      });
    }
  }
  const numbers = { smallest: SMALLEST, largest: Infinity, storable: (x: Float32Array) => x };
  return new Floors(new CpuBackend({ dtype }), kinds, numbers);
}

/** A test on all of them; they are opened once for its steps. */
export function testOnFloors(
  room: string,
  steps: Steps<WasmBackend>,
  dtype: DataType = "fp32",
): void {
  Deno.test(`wasm: ${room}`, async (t) => await runSteps(t, await open(dtype), steps));
}
