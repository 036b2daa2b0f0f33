/**
 * A tensor's part of the graphics processor's memory.
 *
 * @module
 */
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import type { DeviceStorage, TensorArrays } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

/** Largest float16. */
const LARGEST_FLOAT16 = 65504;

/** Whole rows of a tensor that is larger than a binding. */
export interface Part {
  /** The values, row-major. */
  readonly buffer: GPUBuffer;
  /** The number of its first row. */
  readonly first: number;
  /** How many rows. */
  readonly rows: number;
}

/** Values in buffers: in one, or split by rows into several that each fit into a binding. */
export class GpuStorage implements DeviceStorage {
  /** Whose memory it is. */
  readonly machine: Machine;
  /** Values a row: the last dimension. */
  readonly width: number;
  /** The values; one part alone unless they outgrow a binding. */
  readonly parts: readonly Part[];
  readonly #type: "float32" | "int32";
  readonly #size: number;
  readonly hostIntegers: Int32Array | undefined;
  #isDisposed = false;

  /**
   * Takes memory, and writes values into it if there are any.
   *
   * @param machine Whose memory.
   * @param type What the values are.
   * @param dims The tensor's dimensions.
   * @param values What is written; absent: an operation will.
   * @throws {RangeError} If a value is too large for the stored type.
   */
  constructor(
    machine: Machine,
    type: "float32" | "int32",
    dims: readonly number[],
    values?: TensorArrays["float32" | "int32"],
  ) {
    this.machine = machine;
    this.#type = type;
    this.#size = dims.reduce((product, n) => product * n, 1);
    this.width = dims.at(-1) ?? 1;
    const stored = values && (this.#isHalf ? encode(values) : values);
    const rows = this.width === 0 ? 0 : this.#size / this.width;
    const most = Math.max(1, Math.floor(machine.buffers.largest / (this.width * this.#bytesEach)));
    const parts: Part[] = [];
    for (let first = 0; first < rows || first === 0; first += most) {
      const count = Math.min(most, rows - first);
      const buffer = machine.take(count * this.width * this.#bytesEach, values !== undefined);
      parts.push({ buffer, first, rows: count });
      if (!stored) continue;
      machine.write(buffer, stored.subarray(first * this.width, (first + count) * this.width));
    }
    this.parts = parts;
    // Copied: the caller may change the array, and integers are checked only once.
    if (values instanceof Int32Array) this.hostIntegers = values.slice();
    machine.storages.add(this);
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#size * this.#bytesEach;
  }

  /** The values of a tensor that is not split. */
  get buffer(): GPUBuffer {
    this.assertAlive();
    if (this.parts.length === 1) return this.parts[0].buffer;
    throw new RangeError(
      `Cannot compute with a tensor of ${this.bytes} bytes: this adapter binds at most ` +
        `${this.machine.buffers.largest} at once; a shorter text, a smaller batch or dtype ` +
        '"fp16" needs less',
    );
  }

  /**
   * The parts, where the values are seen as rows of a width.
   *
   * @param rows How many rows.
   * @param width Values a row.
   * @returns The parts, counted in such rows.
   * @throws {RangeError} If it is split and was split into rows of another width.
   */
  partsOf(rows: number, width: number): readonly Part[] {
    if (this.parts.length > 1 && width === this.width) {
      this.assertAlive();
      return this.parts;
    }
    return [{ buffer: this.buffer, first: 0, rows }];
  }

  async read(): Promise<Float32Array | Int32Array> {
    this.assertAlive();
    const parts = this.parts.map(({ buffer, rows }) => ({
      buffer,
      bytes: rows * this.width * this.#bytesEach,
    }));
    const bytes = await this.machine.read(parts);
    this.assertAlive();
    const values = this.#type === "int32"
      ? new Int32Array(this.#size)
      : new Float32Array(this.#size);
    bytes.forEach((part, i) => values.set(this.#decode(part), this.parts[i].first * this.width));
    return values;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.machine.storages.delete(this);
    for (const { buffer } of this.parts) this.machine.buffers.giveBack(buffer);
  }

  /**
   * That it was not given back.
   *
   * @throws {Error} If it was.
   */
  assertAlive(): void {
    if (this.#isDisposed) throw new Error("Cannot use a tensor that was disposed");
  }

  get #isHalf(): boolean {
    return this.#bytesEach === 2;
  }

  get #bytesEach(): number {
    return this.#type === "float32" ? this.machine.floatBytes : 4;
  }

  #decode(bytes: ArrayBuffer): Float32Array | Int32Array {
    if (this.#type === "int32") return new Int32Array(bytes);
    return this.#isHalf ? decode(new Uint16Array(bytes)) : new Float32Array(bytes);
  }
}

/** Half precision; larger numbers would become infinite. */
function encode(values: Float32Array | Int32Array): Uint16Array {
  const floats = values as Float32Array;
  const place = floats.findIndex((value) => Math.abs(value) > LARGEST_FLOAT16);
  if (place === -1) return encodeFloat16(floats);
  throw new RangeError(
    `Cannot store ${floats[place]} at place ${place} as float16: wanted at most ` +
      `${LARGEST_FLOAT16} by magnitude; take dtype "fp32"`,
  );
}

/** Single precision; what has become infinite is no result. */
function decode(halves: Uint16Array): Float32Array {
  const floats = decodeFloat16(halves);
  const place = floats.findIndex((value) => !Number.isFinite(value));
  if (place === -1) return floats;
  throw new RangeError(
    `Cannot read ${floats[place]} at place ${place} of a float16 tensor: a value on the way ` +
      `to it was no number or larger than ${LARGEST_FLOAT16}; take dtype "fp32"`,
  );
}
