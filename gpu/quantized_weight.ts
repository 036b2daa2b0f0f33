/**
 * Weights in 8 bits.
 *
 * @module
 */
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import { HeldStorage } from "../tensor/held_storage.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";
import { dequantizeRows } from "./dequantize_rows.ts";
import type { Machine } from "./machine/machine.ts";
import type { LateCall } from "./machine/storage.ts";
import { type QuantizedBuffers, quantizedWords, quantizeRows } from "./quantize_rows.ts";

/** Bytes of floats that are uploaded at a time. */
const STAGED = 2 ** 25;

/** Weights that the graphics processor has rounded to 8 bits. */
export class QuantizedWeight extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  readonly hostIntegers: undefined;
  writes?: number;
  /** Late calls that the values come from: none. */
  readonly calls: Set<LateCall> = new Set();
  readonly #buffers: QuantizedBuffers;
  readonly #outputs: number;
  readonly #inputs: number;
  #isFreed = false;

  /**
   * Uploads weights, and rounds them part by part unless they are integers.
   *
   * @param machine The machine that allocates the memory.
   * @param values `[outputs, inputs]`, as floats or as integers with their steps.
   * @param dims Their dimensions.
   * @throws {RangeError} If they do not fit into a binding.
   */
  constructor(
    machine: Machine,
    values: Float32Array | QuantizedWeights,
    [outputs, inputs]: readonly number[],
  ) {
    super();
    this.machine = machine;
    this.#outputs = outputs;
    this.#inputs = inputs;
    const words = quantizedWords(outputs, inputs);
    const isRounded = "steps" in values;
    const integers = machine.allocate(4 * words.integers, isRounded);
    this.#buffers = { integers, steps: machine.allocate(4 * words.steps, isRounded) };
    machine.storages.add(this);
    if (isRounded) {
      machine.write(integers, values.values);
      machine.write(this.#buffers.steps, values.steps);
      return;
    }
    const most = Math.max(1, Math.floor(STAGED / (4 * Math.max(1, inputs))));
    for (let first = 0; first < outputs; first += most) {
      const rows = Math.min(most, outputs - first);
      machine.stage(
        values.subarray(first * inputs, (first + rows) * inputs),
        (x) => quantizeRows({ x, rows, inputs }, this.#buffers, { first }),
      );
    }
  }

  /** Bytes in use. */
  get bytes(): number {
    const { integers, steps } = quantizedWords(this.#outputs, this.#inputs);
    return 4 * (integers + steps);
  }

  /**
   * The integers and steps.
   *
   * @param outputs Rows that are wanted.
   * @param inputs Values of a row that are wanted.
   * @throws {TypeError} If the weights have other rows.
   * @throws {Error} If they were disposed of.
   */
  buffersOf(outputs: number, inputs: number): QuantizedBuffers {
    this.assertAlive();
    if (inputs === this.#inputs) return this.#buffers;
    throw new TypeError(
      `Cannot use weights of shape [${this.#outputs},${this.#inputs}] as [${outputs},${inputs}]`,
    );
  }

  async read(): Promise<Float32Array> {
    this.assertAlive();
    const { machine } = this;
    const [rows, inputs] = [this.#outputs, this.#inputs];
    const values = new Float32Array(rows * inputs);
    const most = Math.max(1, Math.floor(STAGED / (4 * Math.max(1, inputs))));
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const y = machine.allocate(4 * count * inputs, false);
      machine.record(dequantizeRows(this.#buffers, y, { rows: count, inputs, first }));
      const reading = machine.read([{ buffer: y, bytes: 4 * count * inputs }]);
      machine.buffers.release(y);
      values.set(new Float32Array((await reading)[0]), first * inputs);
      this.assertAlive();
    }
    return values;
  }

  /**
   * Asserts that the weights were not disposed of.
   *
   * @throws {Error} If they were.
   */
  assertAlive(): void {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
  }

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    this.machine.buffers.release(this.#buffers.integers);
    this.machine.buffers.release(this.#buffers.steps);
  }
}
