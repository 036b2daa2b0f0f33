/**
 * Peak speed of the machine, the limit of the WebAssembly backend.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";
import { measureBusiest } from "./busiest_thread.ts";
import { measure, median } from "./measure.ts";

/** Many short calls: engines switch to optimised code only between calls. */
const CALLS = 1000;
const ITERATIONS = 5000;

/** Operations of all calls. */
const FLOP = CALLS * ITERATIONS * 12 * 4 * 2;

/**
 * Measures one thread that only multiplies and adds in SIMD128 registers.
 *
 * @returns GFLOPS of the thread.
 */
export async function measurePeak(): Promise<number> {
  const [seconds] = await measure([await makeProbe()], { warmups: 2, repeats: 7 });
  return FLOP / seconds / 1e9;
}

/**
 * Measures the same by the time that the thread runs: on a machine that others use too, what it is
 * without them.
 *
 * @returns GFLOPS of the thread.
 */
export async function measureOwnPeak(): Promise<number> {
  const probe = await makeOwnPeak();
  const rates: number[] = [];
  for (let i = 0; i < 9; i++) rates.push(await probe());
  return median(rates.slice(2));
}

/**
 * Makes a function that measures the same once, for ratios to other runs of the same moment.
 *
 * @returns A function that returns the GFLOPS of the thread.
 */
export async function makeOwnPeak(): Promise<() => Promise<number>> {
  const run = await makeProbe();
  return async () => FLOP / await measureBusiest(run) / 1e9;
}

async function makeProbe(): Promise<() => Promise<void>> {
  const { module } = await compileKernels(false);
  const kernels = await instantiateKernels(
    module,
    new WebAssembly.Memory({ initial: 64, maximum: 65536 }),
  );
  return () => {
    for (let i = 0; i < CALLS; i++) kernels.probe(ITERATIONS, 1e-3);
    return Promise.resolve();
  };
}
