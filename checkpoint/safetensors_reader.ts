import { HEADER_LENGTH_BYTES, parseHeaderLength } from "./header_length.ts";
import { showName } from "../base/show_value.ts";
import { decodeFloats, decodeIntegers, exactBuffer } from "./dtypes.ts";
import { parseHeader, type SafetensorsHeader, type TensorEntry } from "./safetensors.ts";
import { freeRead, readRange } from "./read_range.ts";
import type { CheckpointFile } from "./source.ts";

/**
 * An open safetensors file with a checked header. Loading a tensor reads its bytes only.
 *
 * @example
 * ```ts
 * import { encodeSafetensors, MemorySource, openSafetensors } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors([
 *   { name: "bias", dims: [2], dtype: "F32", data: new Float32Array([1, 2]) },
 * ]);
 * const source = new MemorySource({ "model.safetensors": bytes });
 * const file = await openSafetensors((await source.open("model.safetensors"))!);
 * assertEquals(file.names(), ["bias"]);
 * assertEquals(await file.load("bias"), new Float32Array([1, 2]));
 * ```
 */
export class SafetensorsFile {
  /** Name of the file. */
  readonly name: string;
  /** Free text by name. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly #file: CheckpointFile;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;

  /**
   * Wraps a file and its header.
   *
   * @param file The file.
   * @param header Its checked header; see {@linkcode openSafetensors}.
   */
  constructor(file: CheckpointFile, header: SafetensorsHeader) {
    this.#file = file;
    this.name = file.name;
    this.#tensors = header.tensors;
    this.metadata = header.metadata;
  }

  /**
   * Lists the names of all tensors.
   *
   * @returns The names in the header's order.
   */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /**
   * Returns whether there is a tensor of a name.
   *
   * @param name The tensor's name.
   * @returns True if the file holds it.
   */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /**
   * Returns the type, dims and byte range of a tensor.
   *
   * @param name The tensor's name.
   * @returns Its entry in the header.
   * @throws {RangeError} If the file has no such tensor.
   */
  entry(name: string): TensorEntry {
    const entry = this.#tensors.get(name);
    if (entry === undefined) {
      throw new RangeError(`${this.#file.name} has no tensor ${showName(name)}`);
    }
    return entry;
  }

  /**
   * Returns the dims of a tensor.
   *
   * @param name The tensor's name.
   * @returns The size of each dimension.
   * @throws {RangeError} If the file has no such tensor.
   */
  dims(name: string): number[] {
    return this.entry(name).dims;
  }

  /**
   * Reads a floating-point tensor.
   *
   * @param name The tensor's name.
   * @returns Its elements in row-major order.
   * @throws {RangeError} If the file has no such tensor.
   * @throws {TypeError} If it does not hold floats.
   */
  async load(name: string): Promise<Float32Array> {
    const { dtype, start, end } = this.entry(name);
    const bytes = await readRange(this.#file, start, end);
    const values = decodeFloats(bytes, dtype, name);
    if (values.buffer !== bytes.buffer) freeRead(this.#file, bytes);
    return values;
  }

  /**
   * Reads the bits of a tensor in half precision.
   *
   * @param name The tensor's name.
   * @returns The bits; undefined if the tensor is of another type.
   * @throws {RangeError} If the file has no such tensor.
   */
  async loadHalves(name: string): Promise<Uint16Array | undefined> {
    if (this.entry(name).dtype !== "F16") return undefined;
    return new Uint16Array(exactBuffer(await this.loadBytes(name)));
  }

  /**
   * Frees the memory of a tensor's elements, unless the file is in memory itself.
   *
   * @param _name The tensor's name.
   * @param values What {@linkcode SafetensorsFile.load}, {@linkcode SafetensorsFile.loadHalves} or
   * {@linkcode SafetensorsFile.loadBytes} returned, or a view of it; nobody may use it afterwards.
   */
  release(_name: string, values: Float32Array | Uint16Array | Int8Array): void {
    freeRead(this.#file, values);
  }

  /**
   * Reads the bytes of a tensor.
   *
   * @param name The tensor's name.
   * @returns Its stored elements.
   * @throws {RangeError} If the file has no such tensor.
   */
  async loadBytes(name: string): Promise<Uint8Array> {
    const { start, end } = this.entry(name);
    return await readRange(this.#file, start, end);
  }

  /**
   * Reads an integer tensor.
   *
   * @param name The tensor's name.
   * @returns Its elements in row-major order.
   * @throws {RangeError} If the file has no such tensor, or a number does not fit into int32.
   * @throws {TypeError} If it does not hold integers.
   */
  async loadIntegers(name: string): Promise<Int32Array> {
    const { dtype, start, end } = this.entry(name);
    return decodeIntegers(await readRange(this.#file, start, end), dtype, name);
  }
}

/**
 * Reads and checks the header of a safetensors file.
 *
 * @param file The file.
 * @returns The file, ready to load tensors from.
 * @throws {SyntaxError | TypeError | RangeError} If the header is invalid; see
 *   {@linkcode parseHeader}.
 *
 * @example
 * ```ts
 * import { MemorySource, openSafetensors } from "@lsg/core/checkpoint";
 * import { assertRejects } from "@std/assert";
 *
 * const source = new MemorySource({ "model.safetensors": new Uint8Array(3) });
 * const file = (await source.open("model.safetensors"))!;
 * await assertRejects(() => openSafetensors(file), SyntaxError);
 * ```
 */
export async function openSafetensors(file: CheckpointFile): Promise<SafetensorsFile> {
  const prefix = await readRange(file, 0, Math.min(HEADER_LENGTH_BYTES, file.size));
  const length = parseHeaderLength(prefix, file.size, file.name);
  const header = await readRange(file, HEADER_LENGTH_BYTES, HEADER_LENGTH_BYTES + length);
  return new SafetensorsFile(file, parseHeader(header, file.size, file.name));
}
