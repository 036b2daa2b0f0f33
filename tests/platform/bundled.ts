/** What the tests load in Node: the library and the backend that takes a build. */
export * from "../../mod.ts";
export { WasmBackend } from "../../wasm/mod.ts";
