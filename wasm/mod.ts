/**
 * WebAssembly SIMD: the operations of the reference, fast, on one thread or several.
 *
 * @example Two threads
 * ```ts
 * import { openBackend, pipeline } from "@lsg/core";
 *
 * using backend = await openBackend("wasm", { threads: 2 });
 * using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base", { device: backend });
 * console.log(await unmasker("A <mask> letter.", { top_k: 1 }));
 * ```
 *
 * @module
 */
export { WasmBackend, type WasmOptions } from "./backend.ts";
export type { MachineOptions } from "./machine/machine.ts";
export type { Build } from "./machine/module.ts";
export type { Products } from "./machine/products.ts";
