import { CpuBackend } from "../../cpu/mod.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { bounds as gpuBounds, SMALLEST as SMALLEST_NORMAL } from "../gpu/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { SMALLEST } from "../wasm/backends.ts";
import { bounds as wasmBounds } from "../wasm/bounds.ts";
import { ComparedBackends, runSteps, UNIT } from "./compared_backends.ts";
import { gradientMagnitudeCases } from "./gradient_magnitudes.ts";
import { magnitudeCases } from "./magnitudes.ts";

const numbers = { smallest: SMALLEST, largest: Infinity, storable: (x: Float32Array) => x };

for (const build of ["relaxed", "plain"] as const) {
  testOnBackend("wasm", `operations on numbers of all magnitudes, ${build}`, async (t) => {
    const backend = await WasmBackend.open({ threads: 1, build });
    const kind = { name: build, backend, store: () => 0 };
    const compared = new ComparedBackends(new CpuBackend(), [kind], numbers);
    await runSteps(t, compared, async (backends, step) => {
      await magnitudeCases(backends, step, {
        activation: wasmBounds.activation,
        features: wasmBounds.features,
        lost: SMALLEST,
        exponential: () => 4 * UNIT,
      });
      await gradientMagnitudeCases(backends, step, { ...wasmBounds, lost: SMALLEST });
    });
  });
}

testOnBackend("webgpu", "operations on numbers of all magnitudes", async (t) => {
  const kind = { name: "fp32", backend: await GpuBackend.open(), store: () => 0 };
  const compared = new ComparedBackends(new CpuBackend(), [kind], numbers);
  await runSteps(t, compared, async (backends, step) => {
    await magnitudeCases(backends, step, {
      activation: gpuBounds.activation,
      features: gpuBounds.features,
      lost: SMALLEST_NORMAL,
      exponential: (x) => (6 + 4 * x) * UNIT,
    });
    await gradientMagnitudeCases(backends, step, { ...gpuBounds, lost: SMALLEST_NORMAL });
  });
});
