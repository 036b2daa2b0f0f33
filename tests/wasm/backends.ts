/** Every kind of WebAssembly backend, beside the reference. */
import { CpuBackend } from "../../cpu/mod.ts";
import type { DataType } from "../../ops/backend.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { ComparedBackends, type Kind, runSteps, type Steps } from "../ops/compared_backends.ts";

/** The smallest float32 above 0, the largest error of a rounding near 0. */
export const SMALLEST = 2 ** -149;

/** Opens both builds, on one thread and on two, which change no bit. */
export async function openWasm(dtype: DataType = "fp32"): Promise<ComparedBackends<WasmBackend>> {
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
  return new ComparedBackends(new CpuBackend({ dtype }), kinds, numbers);
}

/** A test on all of them; they are opened once for its steps. */
export function compareOnWasm(
  name: string,
  steps: Steps<WasmBackend>,
  dtype: DataType = "fp32",
): void {
  Deno.test(`wasm: ${name}`, async (t) => await runSteps(t, await openWasm(dtype), steps));
}
