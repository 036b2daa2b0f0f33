/**
 * A tensor's part of the WebAssembly memory.
 *
 * @module
 */
import type { DeviceStorage, TensorArrays } from "../tensor.ts";
import { packedBytes } from "./linear.ts";
import type { Machine } from "./machine.ts";

/** Values in a machine's memory; weights of linear layers also, or only, in packed form. */
export class WasmStorage implements DeviceStorage {
  /** Whose memory it is. */
  readonly machine: Machine;
  readonly #type: "float32" | "int32";
  readonly #size: number;
  readonly #integers: Int32Array | undefined;
  #address: number | undefined;
  /** By the number of outputs, as a tensor may be seen under several shapes. */
  readonly #packed = new Map<number, { address: number; bytes: number }>();
  readonly #isMade: boolean;
  #isReadPlainly = false;
  #isDisposed = false;

  /**
   * Takes memory, and writes values into it if there are any.
   *
   * @param machine Whose memory.
   * @param type What the values are.
   * @param dims The tensor's dimensions.
   * @param values What is written; absent: an operation will.
   */
  constructor(
    machine: Machine,
    type: "float32" | "int32",
    dims: readonly number[],
    values?: TensorArrays["float32" | "int32"],
  ) {
    this.machine = machine;
    this.#type = type;
    this.#isMade = values === undefined;
    this.#size = dims.reduce((product, n) => product * n, 1);
    this.#address = machine.take(this.#size * 4, values !== undefined);
    if (values) machine.write(this.#address, values);
    // Copied: the caller may change the array, and indices are checked when they are used.
    if (values instanceof Int32Array) this.#integers = values.slice();
    machine.storages.add(this);
  }

  /** Bytes in use. */
  get bytes(): number {
    const plain = this.#address === undefined ? 0 : this.#size * 4;
    return [...this.#packed.values()].reduce((sum, { bytes }) => sum + bytes, plain);
  }

  /** Where the values are, row-major. */
  get address(): number {
    this.#assertAlive();
    this.#isReadPlainly = true;
    if (this.#address === undefined) {
      this.#address = this.machine.take(this.#size * 4, true);
      this.machine.write(this.#address, this.#unpacked());
    }
    return this.#address;
  }

  /** Whether these are integers that came from the host. */
  get isFromHost(): boolean {
    return this.#integers !== undefined;
  }

  /** The values of a tensor of integers that came from the host. */
  get hostIntegers(): Int32Array {
    if (this.#integers) return this.#integers;
    throw new TypeError("Cannot use integers that a kernel made as indices");
  }

  /**
   * The values as a linear layer reads them. What no other operation has read is kept in this form
   * alone.
   *
   * @param outputs Rows.
   * @param inputs Columns.
   * @returns The address of the packed weights.
   */
  packedWeights(outputs: number, inputs: number): number {
    this.#assertAlive();
    const known = this.#packed.get(outputs);
    if (known) return known.address;
    const bytes = packedBytes(outputs, inputs);
    const from = this.#isMade || this.#packed.size > 0 ? this.address : this.#address!;
    const address = this.machine.take(bytes, !this.#isMade);
    this.#packed.set(outputs, { address, bytes });
    if (this.#isMade) {
      // The operation that makes the values may not have run yet.
      const words = [from, outputs, inputs, address];
      this.machine.record({ operation: "packWeights", words }, () => {
        this.#packed.delete(outputs);
        this.machine.giveBack(address);
      });
    } else {
      this.machine.kernels.packWeights(from, outputs, inputs, address);
      if (!this.#isReadPlainly) {
        this.machine.giveBack(from);
        this.#address = undefined;
      }
    }
    return address;
  }

  async read(): Promise<Float32Array | Int32Array> {
    this.#assertAlive();
    await this.machine.run();
    this.#assertAlive();
    if (this.#address === undefined) return this.#unpacked();
    return this.#type === "float32"
      ? this.machine.floats(this.#address, this.#size)
      : this.machine.integers(this.#address, this.#size);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.machine.storages.delete(this);
    if (this.#address !== undefined) this.machine.giveBack(this.#address);
    for (const { address } of this.#packed.values()) this.machine.giveBack(address);
  }

  #assertAlive(): void {
    if (this.#isDisposed) throw new Error("Cannot use a tensor that was disposed");
  }

  #unpacked(): Float32Array {
    const [[outputs, { address, bytes }]] = this.#packed;
    const inputs = this.#size / outputs;
    const packed = this.machine.floats(address, bytes / 4);
    return Float32Array.from({ length: this.#size }, (_, i) => {
      const output = Math.floor(i / inputs);
      return packed[(Math.floor(output / 8) * inputs + i % inputs) * 8 + output % 8];
    });
  }
}
