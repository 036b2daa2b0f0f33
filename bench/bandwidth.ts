/**
 * Bandwidth of the machine, the limit of a decoder's step on WebAssembly.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";

/** Bytes that are read: more than caches hold that are not shared with others. */
export const READ_BYTES = 512 * 2 ** 20;

/** A loop that reads memory. */
export interface ReadLoop extends Disposable {
  /** Reads {@linkcode READ_BYTES}. */
  (): Promise<unknown>;
}

/**
 * Prepares threads that read a part of memory each, all at once.
 *
 * @param threads Number of threads, a power of two.
 * @returns The loop; its threads stop when it is disposed of.
 */
export async function openReadThreads(threads: number): Promise<ReadLoop> {
  const url = new URL("read_worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(url, { type: "module" }));
  const answer = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message));
    });
  const read = () =>
    Promise.all(workers.map((worker) => {
      worker.postMessage(READ_BYTES / threads);
      return answer(worker);
    }));
  await Promise.all(workers.map(answer));
  await read(); // the first time writes the memory
  return Object.assign(read, {
    [Symbol.dispose]: () => workers.forEach((worker) => worker.terminate()),
  });
}

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
