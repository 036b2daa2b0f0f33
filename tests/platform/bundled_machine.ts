/** Module that a test loads in Node: the threads of the wasm backend, and an operation for them. */
export { Machine } from "../../wasm/machine/machine.ts";
export { packWeights } from "../../wasm/machine/pack_weights.ts";
