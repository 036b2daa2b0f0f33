/**
 * Bandwidth of the machine, the limit of a decoder's step on WebAssembly.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";

/** Bytes that are read: more than caches hold that are not shared with others. */
export const READ_BYTES = 512 * 2 ** 20;

/**
 * Prepares a loop that reads memory from one end to the other, in the kernels of this engine.
 *
 * @returns The loop, which reads {@linkcode READ_BYTES}.
 */
export async function openReadLoop(): Promise<() => Promise<void>> {
  const { module } = await compileKernels(false);
  const memory = new WebAssembly.Memory({ initial: READ_BYTES / 65536 + 16, maximum: 65536 });
  const kernels = await instantiateKernels(module, memory);
  new Uint8Array(memory.buffer).fill(1); // pages that were never written are all the same one
  return () => {
    kernels.readThrough(2 ** 20, READ_BYTES);
    return Promise.resolve();
  };
}
