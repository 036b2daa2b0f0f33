/**
 * Peak speed of the machine, the limit of the WebAssembly backend.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";
import { measure } from "./measure.ts";

/**
 * Measures one thread that only multiplies and adds in SIMD128 registers.
 *
 * @returns GFLOPS of the thread.
 */
export async function measurePeak(): Promise<number> {
  const { module } = await compileKernels(false);
  const kernels = await instantiateKernels(
    module,
    new WebAssembly.Memory({ initial: 64, maximum: 65536 }),
  );
  // Many short calls: engines switch to optimised code only between calls.
  const [calls, iterations] = [1000, 5000];
  const run = () => {
    for (let i = 0; i < calls; i++) kernels.probe(iterations, 1e-3);
    return Promise.resolve();
  };
  const [seconds] = await measure([run], { warmups: 2, repeats: 7 });
  return calls * iterations * 12 * 4 * 2 / seconds / 1e9;
}
