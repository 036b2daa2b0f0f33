/**
 * Keys or values in 8 bits in the WebAssembly memory.
 *
 * @module
 */
import type { ByteForm } from "../../ops/operation.ts";
import type { Machine } from "./machine.ts";
import { MadeStorage } from "./made_storage.ts";

/** Heads are padded to a multiple of this, and rows to one of a line of the cache. */
const VECTOR = 16;
const LINE = 64;

/**
 * Values of a head with the zeros behind it; equals `paddedHead` of wasm/assembly/head_bytes.ts.
 *
 * @param width Width of a head.
 * @returns The values, each a byte.
 */
export function paddedHead(width: number): number {
  return Math.ceil(width / VECTOR) * VECTOR;
}

/**
 * Bytes of a row, the integers of all heads and then their steps; equals `byteRow` there.
 *
 * @param form Heads and their width.
 * @returns The bytes.
 */
export function byteRow({ heads, width }: ByteForm): number {
  return Math.ceil(heads * (paddedHead(width) + 4) / LINE) * LINE;
}

/** Keys or values in 8 bits, which an operation makes. */
export class WasmBytes extends MadeStorage {
  readonly #rows: number;
  readonly #form: ByteForm;

  /**
   * Allocates memory.
   *
   * @param machine The machine that allocates it.
   * @param dims The tensor's dimensions: sequences, rows, width.
   * @param form Heads and their width.
   */
  constructor(machine: Machine, [batch, rows]: readonly number[], form: ByteForm) {
    super(machine, batch * rows * byteRow(form));
    this.#rows = batch * rows;
    this.#form = form;
  }

  protected decode(words: Int32Array): Float32Array {
    const { heads, width } = this.#form;
    const [row, padded] = [byteRow(this.#form), paddedHead(width)];
    const integers = new Int8Array(words.buffer);
    const steps = new Float32Array(words.buffer);
    const values = new Float32Array(this.#rows * heads * width);
    for (let i = 0, to = 0; i < this.#rows; i++) {
      for (let h = 0; h < heads; h++) {
        const from = i * row + h * padded;
        const step = steps[(i * row + heads * padded) / 4 + h];
        for (let d = 0; d < width; d++) values[to++] = step * integers[from + d];
      }
    }
    return values;
  }
}
