/**
 * WebAssembly SIMD: the operations of the reference, fast, on one thread or several.
 *
 * @module
 */
export { WasmBackend, type WasmOptions } from "./backend.ts";
export type { MachineOptions } from "./machine/machine.ts";
export type { Build } from "./machine/module.ts";
