/**
 * A thread that reads memory: it answers each message when it has read so many bytes.
 *
 * @module
 */
import { compileKernels, instantiateKernels } from "../wasm/machine/module.ts";

/** The part of a worker's scope that is used. */
interface WorkerScope {
  onmessage: (event: MessageEvent<number>) => void;
  postMessage(message: null): void;
}

const scope = self as unknown as WorkerScope;
const { module } = await compileKernels(false);
let held: { readonly bytes: number; read(): void } | undefined;

scope.onmessage = async ({ data: bytes }) => {
  if (held?.bytes !== bytes) {
    const memory = new WebAssembly.Memory({ initial: bytes / 65536 + 16, maximum: 65536 });
    const kernels = await instantiateKernels(module, memory);
    new Uint8Array(memory.buffer).fill(1); // pages that were never written are all the same one
    held = { bytes, read: () => kernels.readThrough(2 ** 20, bytes) };
  }
  held.read();
  scope.postMessage(null);
};
scope.postMessage(null);
