/** Module that the tests load in Node: the library, and the backend with its build option. */
export * from "../../mod.ts";
export { openCheckpoint } from "../../hub/mod.ts";
export { WasmBackend } from "../../wasm/mod.ts";
