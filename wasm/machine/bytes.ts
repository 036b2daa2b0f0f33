/**
 * Keys or values in 8 bits in the WebAssembly memory.
 *
 * @module
 */
import type { ByteForm } from "../../ops/operation.ts";
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

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
export class WasmBytes extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  /** Bytes in use. */
  readonly bytes: number;
  readonly #rows: number;
  readonly #form: ByteForm;
  readonly #address: number;
  #isFreed = false;

  /**
   * Allocates memory.
   *
   * @param machine The machine that allocates it.
   * @param dims The tensor's dimensions: sequences, rows, width.
   * @param form Heads and their width.
   */
  constructor(machine: Machine, [batch, rows]: readonly number[], form: ByteForm) {
    super();
    this.machine = machine;
    this.#rows = batch * rows;
    this.#form = form;
    this.bytes = this.#rows * byteRow(form);
    this.#address = machine.allocate(this.bytes, false);
    machine.storages.add(this);
  }

  /** Address of the rows. */
  get address(): number {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    return this.#address;
  }

  async read(): Promise<Float32Array> {
    const { address, machine } = this;
    await machine.run();
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    const { heads, width } = this.#form;
    const [row, padded] = [byteRow(this.#form), paddedHead(width)];
    const words = machine.integers(address, this.bytes / 4);
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

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.release(this.#address);
  }
}
