/**
 * Packing of plain floats for linear layers.
 *
 * @module
 */
import { type Command, command, type Definition } from "./layout.ts";

const FIELDS = { from: "usize", outputs: "i32", inputs: "i32", to: "usize" } as const;

/** The code in WebAssembly: to `[⌈outputs/8⌉, inputs, 8]`, the last group padded. */
export const PACK_WEIGHTS: Definition<typeof FIELDS> = { name: "packWeights", fields: FIELDS };

/**
 * Packs weights.
 *
 * @param from Address of `[outputs, inputs]`.
 * @param outputs Rows of the weights.
 * @param inputs Columns of the weights.
 * @param to Address of {@linkcode packedBytes} bytes.
 * @returns The call.
 */
export function packWeights(from: number, outputs: number, inputs: number, to: number): Command {
  return command(PACK_WEIGHTS, { from, outputs, inputs, to });
}

/**
 * Bytes of packed weights: outputs in groups of 8, the last group padded.
 *
 * @param outputs Rows of the weights.
 * @param inputs Columns of the weights.
 * @returns The number of bytes.
 */
export function packedBytes(outputs: number, inputs: number): number {
  return Math.ceil(outputs / 8) * 8 * inputs * 4;
}
