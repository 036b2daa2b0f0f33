/**
 * Packed weights in the WebAssembly memory.
 *
 * @module
 */
import { quantizedLayout, type QuantizedWeights } from "../../tensor/quantized_layout.ts";
import { checkLargest, type DataType } from "../../tensor/data_type.ts";
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage } from "../../tensor/tensor.ts";
import { isSameShape } from "../../ops/checks.ts";
import { clear } from "./clear.ts";
import type { Machine } from "./machine.ts";

/** Rows that are packed together; equals `TILE_COLUMNS` of wasm/assembly/tile.ts. */
const PANEL_ROWS = 8;

/** Packed weights of a linear layer, or a packed table. */
export interface Packed {
  /** Their address. */
  readonly address: number;
  /** Bytes per value: 4 for float32, 2 for float16, 1 for integers; 0 for a table of plain rows. */
  readonly size: 4 | 2 | 1 | 0;
  /** Bytes of all. */
  readonly bytes: number;
}

/** Bytes per value of each data type. */
const SIZES = { fp32: 4, fp16: 2, q8: 1 } as const;

/** Weights that are held only as linear layers read them: packed. */
export class WasmWeight extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  /** Bytes in use. */
  readonly bytes: number;
  readonly #dims: readonly number[];
  readonly #packed: Packed;
  #isFreed = false;

  /**
   * Allocates memory and packs values into it.
   *
   * @param machine The machine that allocates the memory.
   * @param dtype Data type of the packed values.
   * @param dims `[outputs, inputs]`.
   * @param values The values, or their bits in half precision, or the integers that they were rounded
   * to; absent: zeros, in float32.
   * @throws {RangeError} If a value is too large for the data type.
   */
  constructor(
    machine: Machine,
    dtype: DataType,
    dims: readonly number[],
    values?: Float32Array | Uint16Array | QuantizedWeights,
  ) {
    super();
    const [outputs, inputs] = dims;
    if (values instanceof Uint16Array && values.length !== outputs * inputs) {
      throw new RangeError(`Cannot make weights [${dims}] from ${values.length} values`);
    }
    const size = SIZES[dtype];
    // Each row of each block of integers has a step and a start.
    const { padded, blocks } = quantizedLayout(inputs);
    const panel = PANEL_ROWS * (dtype === "q8" ? padded + blocks * 8 : inputs * size);
    this.machine = machine;
    this.#dims = dims;
    this.bytes = Math.ceil(outputs / PANEL_ROWS) * panel;
    const address = machine.allocate(this.bytes, values !== undefined);
    this.#packed = { address, size, bytes: this.bytes };
    machine.storages.add(this);
    try {
      if (!values) machine.record([clear(address, this.bytes)]);
      else if ("steps" in values) this.#packRounded(values, panel);
      else {
        const largest = this.#packFloats(values, panel);
        if (dtype !== "fp32") checkLargest(dtype, largest);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Packs floats or halves, panel by panel, and returns the largest magnitude. */
  #packFloats(values: Float32Array | Uint16Array, panel: number): number {
    const { machine } = this;
    const { address, size } = this.#packed;
    const [outputs, inputs] = this.#dims;
    const { padded } = quantizedLayout(inputs);
    const isHalf = values instanceof Uint16Array;
    // Behind the rows there is one with its padding, and 16 bytes, to rotate it.
    const staged = (PANEL_ROWS * inputs + padded) * 4 + 16;
    const from = machine.stage(staged + (isHalf ? PANEL_ROWS * inputs * 2 : 0));
    let largest = 0;
    for (let row = 0, to = address; row < outputs; row += PANEL_ROWS, to += panel) {
      const rows = Math.min(PANEL_ROWS, outputs - row);
      machine.write(
        isHalf ? from + staged : from,
        values.subarray(row * inputs, (row + rows) * inputs),
      );
      if (isHalf) machine.kernels.widenRow(from + staged, rows * inputs, from);
      largest = Math.max(largest, machine.kernels.packPanel(size, from, rows, inputs, to));
    }
    return largest;
  }

  /** Packs integers, panel by panel. */
  #packRounded({ values, steps }: QuantizedWeights, panel: number): void {
    const { machine } = this;
    const [outputs, inputs] = this.#dims;
    const { padded, blocks } = quantizedLayout(inputs);
    const from = machine.stage(PANEL_ROWS * (padded + blocks * 4));
    const stepsAt = from + PANEL_ROWS * padded;
    for (let row = 0, to = this.#packed.address; row < outputs; row += PANEL_ROWS, to += panel) {
      const end = Math.min(outputs, row + PANEL_ROWS);
      machine.write(from, values.subarray(row * padded, end * padded));
      machine.write(stepsAt, steps.subarray(row * blocks, end * blocks));
      machine.kernels.packRounded(from, stepsAt, end - row, inputs, to);
    }
  }

  /**
   * The weights as linear layers and embeddings read them.
   *
   * @param dims `[outputs, inputs]`.
   * @returns Their address and bytes per value.
   * @throws {TypeError} If they were packed in another shape.
   */
  packed(dims: readonly number[]): Packed {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    if (isSameShape(dims, this.#dims)) return this.#packed;
    throw new TypeError(`Cannot use weights of shape [${this.#dims}] as [${dims}]`);
  }

  /**
   * Asserts that the values can be changed.
   *
   * @throws {TypeError} If they are no 32-bit floats.
   */
  expectFloats(): void {
    const { size } = this.packed(this.#dims);
    if (size === 4) return;
    const dtype = Object.entries(SIZES).find(([, bytes]) => bytes === size)![0];
    throw new TypeError(`Cannot change weights with dtype "${dtype}" in place: wanted "fp32"`);
  }

  async read(): Promise<Float32Array> {
    const { address, size } = this.packed(this.#dims);
    const { machine } = this;
    await machine.run();
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    const [outputs, inputs] = this.#dims;
    const values = new Float32Array(outputs * inputs);
    const to = machine.stage(quantizedLayout(inputs).padded * 4);
    for (let row = 0; row < outputs; row++) {
      machine.kernels.unpackRow(size, address, row, inputs, to);
      values.set(machine.floats(to, inputs), row * inputs);
    }
    return values;
  }

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.release(this.#packed.address);
  }
}
