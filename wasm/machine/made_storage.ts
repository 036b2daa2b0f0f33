/**
 * Memory of what an operation makes that is not float32.
 *
 * @module
 */
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

/** Memory that an operation fills and that is read back as floats. */
export abstract class MadeStorage extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  /** Bytes in use. */
  readonly bytes: number;
  readonly #address: number;
  #isFreed = false;

  /**
   * Allocates memory.
   *
   * @param machine The machine that allocates it.
   * @param bytes Its size.
   */
  constructor(machine: Machine, bytes: number) {
    super();
    this.machine = machine;
    this.bytes = bytes;
    this.#address = machine.allocate(bytes, false);
    machine.storages.add(this);
  }

  /** Address of the first byte. */
  get address(): number {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    return this.#address;
  }

  /** Runs what was recorded, and reads the values. */
  async read(): Promise<Float32Array> {
    const { address } = this;
    await this.machine.run();
    void this.address; // that it was not disposed of meanwhile
    return this.decode(this.machine.integers(address, Math.ceil(this.bytes / 4)));
  }

  /** Makes floats of the memory. */
  protected abstract decode(words: Int32Array): Float32Array;

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.release(this.#address);
  }
}
