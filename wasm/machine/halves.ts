/**
 * Numbers in half precision in the WebAssembly memory.
 *
 * @module
 */
import { decodeFloat16 } from "../../tensor/float16.ts";
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

/** Keys or values in half precision, which an operation makes. */
export class WasmHalves extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  /** Bytes in use. */
  readonly bytes: number;
  readonly #size: number;
  readonly #address: number;
  #isFreed = false;

  /**
   * Allocates memory.
   *
   * @param machine The machine that allocates it.
   * @param dims The tensor's dimensions.
   */
  constructor(machine: Machine, dims: readonly number[]) {
    super();
    this.machine = machine;
    this.#size = dims.reduce((product, n) => product * n, 1);
    this.bytes = this.#size * 2;
    this.#address = machine.allocate(this.bytes, false);
    machine.storages.add(this);
  }

  /** Address of the values, row-major. */
  get address(): number {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    return this.#address;
  }

  async read(): Promise<Float32Array> {
    const { address, machine } = this;
    await machine.run();
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    const words = machine.integers(address, Math.ceil(this.#size / 2));
    return decodeFloat16(new Uint16Array(words.buffer, 0, this.#size));
  }

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.release(this.#address);
  }
}
