/**
 * Numbers in half precision in the WebAssembly memory.
 *
 * @module
 */
import { decodeFloat16 } from "../../tensor/float16.ts";
import type { Machine } from "./machine.ts";
import { MadeStorage } from "./made_storage.ts";

/** Keys or values in half precision, which an operation makes, row-major. */
export class WasmHalves extends MadeStorage {
  readonly #size: number;

  /**
   * Allocates memory.
   *
   * @param machine The machine that allocates it.
   * @param dims The tensor's dimensions.
   */
  constructor(machine: Machine, dims: readonly number[]) {
    const size = dims.reduce((product, n) => product * n, 1);
    super(machine, size * 2);
    this.#size = size;
  }

  protected decode(words: Int32Array): Float32Array {
    return decodeFloat16(new Uint16Array(words.buffer, 0, this.#size));
  }
}
