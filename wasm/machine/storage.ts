/**
 * A tensor's part of the WebAssembly memory.
 *
 * @module
 */
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage, TensorArrays } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";
import { packedBytes, packWeights } from "./pack_weights.ts";

/** Values in a machine's memory; if linear layers use them as weights, also packed copies. */
export class WasmStorage extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  readonly #type: "float32" | "int32";
  readonly #size: number;
  readonly hostIntegers: Int32Array | undefined;
  /** Number of operations that have changed the values in place. */
  writes = 0;
  readonly #address: number;
  /** Packed copies by number of outputs, as a tensor may be viewed in several shapes. */
  readonly #packed = new Map<number, { address: number; bytes: number; writes: number }>();
  #isFreed = false;

  /**
   * Allocates memory, and writes the values if given.
   *
   * @param machine The machine that allocates the memory.
   * @param type Type of the values.
   * @param dims The tensor's dimensions.
   * @param values The values; absent if an operation will write them.
   */
  constructor(
    machine: Machine,
    type: "float32" | "int32",
    dims: readonly number[],
    values?: TensorArrays["float32" | "int32"],
  ) {
    super();
    this.machine = machine;
    this.#type = type;
    this.#size = dims.reduce((product, n) => product * n, 1);
    this.#address = machine.allocate(this.#size * 4, values !== undefined);
    if (values) machine.write(this.#address, values);
    // Copied: the caller may change the array, and integers are checked only once.
    if (values instanceof Int32Array) this.hostIntegers = values.slice();
    machine.storages.add(this);
  }

  /** Bytes in use. */
  get bytes(): number {
    return [...this.#packed.values()].reduce((sum, { bytes }) => sum + bytes, this.#size * 4);
  }

  /** Address of the values, row-major. */
  get address(): number {
    this.#assertAlive();
    return this.#address;
  }

  /**
   * Records an operation that packs the values for linear layers, unless there is a packed copy
   * already. Tensors made by `weight` are held packed only (see weight.ts).
   *
   * @param outputs Rows.
   * @param inputs Columns.
   * @returns The address of the packed weights.
   */
  packedWeights(outputs: number, inputs: number): number {
    const from = this.address;
    const { writes } = this;
    const known = this.#packed.get(outputs);
    if (known?.writes === writes) return known.address;
    if (known) {
      this.#packed.delete(outputs); // packed before the values were changed
      this.machine.release(known.address);
    }
    const bytes = packedBytes(outputs, inputs);
    const address = this.machine.allocate(bytes, false);
    this.#packed.set(outputs, { address, bytes, writes });
    this.machine.record([packWeights(from, outputs, inputs, address)], () => {
      this.#packed.delete(outputs);
      this.machine.release(address);
    });
    return address;
  }

  async read(): Promise<Float32Array | Int32Array> {
    this.#assertAlive();
    await this.machine.run();
    this.#assertAlive();
    return this.#type === "float32"
      ? this.machine.floats(this.#address, this.#size)
      : this.machine.integers(this.#address, this.#size);
  }

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.release(this.#address);
    for (const { address } of this.#packed.values()) this.machine.release(address);
  }

  #assertAlive(): void {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
  }
}
