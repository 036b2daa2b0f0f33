/**
 * A tensor's part of the graphics processor's memory.
 *
 * @module
 */
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { HeldStorage } from "../../tensor/held_storage.ts";
import type { DeviceStorage, TensorArrays } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

/** Largest float16. */
const LARGEST_FLOAT16 = 65504;

/** Whole rows of a tensor that is larger than a binding. */
export interface Part {
  /** The values, row-major. */
  readonly buffer: GPUBuffer;
  /** Index of its first row. */
  readonly first: number;
  /** Number of rows. */
  readonly rows: number;
}

/** A call that was recorded before its kernel was imported. */
export interface LateCall {
  /** Whether its kernel has taken it. */
  isDone: boolean;
  /** Why the kernel refused it. */
  error?: Error;
}

/** Values in buffers: in one, or split by rows into several that each fit into a binding. */
export class GpuStorage extends HeldStorage implements DeviceStorage {
  /** The machine that owns the memory. */
  readonly machine: Machine;
  /** Values per row: the last dimension. */
  readonly width: number;
  /** The values; a single part unless they exceed a binding. */
  readonly parts: readonly Part[];
  readonly #type: "float32" | "int32";
  readonly #size: number;
  readonly hostIntegers: Int32Array | undefined;
  writes?: number;
  /** Late calls that the values come from. */
  readonly calls: Set<LateCall> = new Set();
  #isFreed = false;

  /**
   * Allocates memory, and writes the values if given.
   *
   * @param machine The machine that allocates the memory.
   * @param type Type of the values.
   * @param dims The tensor's dimensions.
   * @param values The values; absent if an operation will write them.
   * @throws {RangeError} If a value is too large for the stored type.
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
    this.width = dims.at(-1) ?? 1;
    const stored = values && (this.#isHalf ? encode(values) : values);
    const rows = this.width === 0 ? 0 : this.#size / this.width;
    const most = Math.max(1, Math.floor(machine.buffers.largest / (this.width * this.#bytesEach)));
    const parts: Part[] = [];
    for (let first = 0; first < rows || first === 0; first += most) {
      const count = Math.min(most, rows - first);
      const buffer = machine.allocate(count * this.width * this.#bytesEach, values !== undefined);
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
   * The parts, with the values viewed as rows of a given width.
   *
   * @param rows Number of rows.
   * @param width Values per row.
   * @returns The parts, counted in such rows.
   * @throws {RangeError} If the tensor is split into rows of another width.
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

  protected free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.machine.storages.delete(this);
    for (const { buffer } of this.parts) this.machine.buffers.release(buffer);
  }

  /**
   * Asserts that the tensor was not disposed of and that no kernel refused to compute it.
   *
   * @throws {Error} If it was disposed of.
   * @throws {RangeError | TypeError} If a call that it comes from was refused after it was recorded.
   */
  assertAlive(): void {
    if (this.#isFreed) throw new Error("Cannot use a tensor that was disposed");
    for (const { error } of this.calls) if (error) throw error;
  }

  get #isHalf(): boolean {
    return this.#bytesEach === 2;
  }

  get #bytesEach(): number {
    return this.#type === "float32" ? this.machine.traits.floatBytes : 4;
  }

  #decode(bytes: ArrayBuffer): Float32Array | Int32Array {
    if (this.#type === "int32") return new Int32Array(bytes);
    return this.#isHalf ? decode(new Uint16Array(bytes)) : new Float32Array(bytes);
  }
}

/** Encodes as float16, in which larger values would become infinite. */
function encode(values: Float32Array | Int32Array): Uint16Array {
  const floats = values as Float32Array;
  const index = floats.findIndex((value) => Math.abs(value) > LARGEST_FLOAT16);
  if (index === -1) return encodeFloat16(floats);
  throw new RangeError(
    `Cannot store ${floats[index]} at position ${index} as float16: wanted at most ` +
      `${LARGEST_FLOAT16} in magnitude; use dtype "fp32"`,
  );
}

/** Decodes float16; values that are not finite are not results. */
function decode(halves: Uint16Array): Float32Array {
  const floats = decodeFloat16(halves);
  const index = floats.findIndex((value) => !Number.isFinite(value));
  if (index === -1) return floats;
  throw new RangeError(
    `Cannot read ${floats[index]} at position ${index} of a float16 tensor: a value on the way ` +
      `to it was not a number or larger than ${LARGEST_FLOAT16}; use dtype "fp32"`,
  );
}
