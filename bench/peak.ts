/**
 * The machine's own limit, which every figure of the WebAssembly floor is held against.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";
import { measure } from "./measure.ts";

/**
 * Measures what a thread does that only multiplies and adds in SIMD128 registers.
 *
 * @returns GFLOPS of one thread.
 */
export async function peak(): Promise<number> {
  const { module } = await compileKernels(false);
  const kernels = await instantiateKernels(
    module,
    new WebAssembly.Memory({ initial: 64, maximum: 65536 }),
  );
  // Many short calls: an engine replaces its quickly compiled code only between calls.
  const [calls, iterations] = [1000, 5000];
  const run = () => {
    for (let i = 0; i < calls; i++) kernels.probe(iterations, 1e-3);
    return Promise.resolve();
  };
  const [seconds] = await measure([run], { warmups: 2, repeats: 7 });
  return calls * iterations * 12 * 4 * 2 / seconds / 1e9;
}
