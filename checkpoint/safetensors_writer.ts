import { showName } from "../base/show_value.ts";
import { bytesPerElement, encodeFloats, type FloatDtype } from "./dtypes.ts";
import { HEADER_LENGTH_BYTES } from "./header_length.ts";

/** Describes a tensor to write. */
export interface TensorToWrite {
  /** Its name in the file. */
  name: string;
  /** Size of each dimension. */
  dims: readonly number[];
  /** Element type in the file. */
  dtype: FloatDtype | "I8";
}

/** A tensor to write, with its elements. */
export interface TensorWithData extends TensorToWrite {
  /** The elements in row-major order; an Int8Array for the element type I8. */
  data: Float32Array | Int8Array;
}

function sizeInBytes({ dims, dtype }: TensorToWrite): number {
  return dims.reduce((product, size) => product * size, bytesPerElement(dtype));
}

/** Sorts tensors by element size, largest first, so that each is aligned; then by name. */
function sortForFile<T extends TensorToWrite>(tensors: readonly T[]): T[] {
  return [...tensors].sort((a, b) =>
    bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (a.name < b.name ? -1 : 1)
  );
}

function encodeHeader(
  ordered: readonly TensorToWrite[],
  metadata: Record<string, string>,
): Uint8Array {
  let offset = 0;
  const entries = ordered.map((tensor): [string, unknown] => {
    const start = offset;
    offset += sizeInBytes(tensor);
    const { dtype, dims: shape } = tensor;
    return [tensor.name, { dtype, shape, data_offsets: [start, offset] }];
  });
  const names = new Set(ordered.map(({ name }) => name));
  if (names.size < ordered.length || names.has("__metadata__")) {
    throw new RangeError(
      "Cannot write safetensors: wanted distinct tensor names, none of them __metadata__",
    );
  }
  // fromEntries defines own properties, so a tensor named __proto__ is written like any other.
  const json = JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries]));
  const text = new TextEncoder().encode(json);
  // Trailing spaces align the data to 8 bytes.
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(HEADER_LENGTH_BYTES + length).fill(" ".charCodeAt(0));
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, HEADER_LENGTH_BYTES);
  return header;
}

/**
 * Writes a safetensors file in chunks, so that only one tensor need be in memory.
 *
 * @param tensors The tensors, in any order.
 * @param load Returns the elements of a tensor; called once per tensor, in the file's order.
 * @param metadata Free text by name; transformers requires `{ format: "pt" }`.
 * @returns The file's bytes: a chunk for the header, then one per tensor.
 * @throws {RangeError} If two tensors have the same name, one is named `__metadata__`, or the
 * number of a tensor's elements does not match its dims.
 * @throws {TypeError} If elements are not an Int8Array for I8, a Float32Array for other types.
 *
 * @example
 * ```ts
 * import { streamSafetensors } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const tensors = [{ name: "bias", dims: [2], dtype: "F16" as const }];
 * const chunks = [];
 * for await (
 *   const chunk of streamSafetensors(tensors, () => Promise.resolve(new Float32Array([1, -2])))
 * ) {
 *   chunks.push(chunk);
 * }
 * assertEquals(chunks[1], new Uint8Array([0x00, 0x3c, 0x00, 0xc0]));
 * ```
 */
export async function* streamSafetensors(
  tensors: readonly TensorToWrite[],
  load: (name: string) => Promise<Float32Array>,
  metadata: Record<string, string> = { format: "pt" },
): AsyncGenerator<Uint8Array> {
  yield* streamTensors(sortForFile(tensors), load, metadata);
}

/**
 * Writes a safetensors file in chunks, its tensors in the order in which they are given.
 *
 * @param tensors The tensors; each begins at a multiple of its element size if those before it fill
 * one.
 * @param load Returns the elements of a tensor; called once per tensor, in their order.
 * @param metadata Free text by name.
 * @returns The file's bytes: a chunk for the header, then one per tensor.
 * @throws {RangeError} If two tensors have the same name, one is named `__metadata__`, or the
 * number of a tensor's elements does not match its dims.
 * @throws {TypeError} If elements are not an Int8Array for I8, a Float32Array for other types.
 *
 * @example
 * ```ts
 * import { streamTensors } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const tensors = [
 *   { name: "integers", dims: [4], dtype: "I8" as const }, // 4 bytes, so that a float may follow
 *   { name: "step", dims: [1], dtype: "F32" as const },
 * ];
 * const load = (name: string) =>
 *   Promise.resolve(name === "step" ? Float32Array.of(0.5) : Int8Array.of(1, 2, 3, -4));
 * const [, first, second] = await Array.fromAsync(streamTensors(tensors, load, {}));
 * assertEquals([...first], [1, 2, 3, 252]);
 * assertEquals([...second], [0, 0, 0, 63]); // 0.5 is 0x3f000000
 * ```
 */
export async function* streamTensors(
  tensors: readonly TensorToWrite[],
  load: (name: string) => Promise<Float32Array | Int8Array>,
  metadata: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(tensors, metadata);
  for (const tensor of tensors) yield encodeTensor(tensor, await load(tensor.name));
}

function encodeTensor(tensor: TensorToWrite, data: Float32Array | Int8Array): Uint8Array {
  const { dtype } = tensor;
  if (dtype === "I8" !== data instanceof Int8Array) {
    throw new TypeError(
      `Cannot write tensor ${showName(tensor.name)} as ${dtype}: got a ${data.constructor.name}, ` +
        `wanted ${dtype === "I8" ? "an Int8Array" : "a Float32Array"}`,
    );
  }
  const bytes = dtype === "I8"
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : encodeFloats(data as Float32Array, dtype);
  if (bytes.length !== sizeInBytes(tensor)) {
    throw new RangeError(
      `Cannot write tensor ${showName(tensor.name)}: dims [${tensor.dims}] do not match its ` +
        `${data.length} elements`,
    );
  }
  return bytes;
}

/**
 * Writes a safetensors file from tensors in memory.
 *
 * @param tensors The tensors, in any order.
 * @param metadata Free text by name; transformers requires `{ format: "pt" }`.
 * @returns The file's bytes.
 * @throws {RangeError} If two tensors have the same name, one is named `__metadata__`, or the
 * number of a tensor's elements does not match its dims.
 * @throws {TypeError} If elements are not an Int8Array for I8, a Float32Array for other types.
 *
 * @example
 * ```ts
 * import { encodeSafetensors } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors([
 *   { name: "bias", dims: [2], dtype: "F32", data: new Float32Array([1, 2]) },
 * ]);
 * assertEquals(bytes.length % 8, 0);
 * ```
 */
export function encodeSafetensors(
  tensors: readonly TensorWithData[],
  metadata: Record<string, string> = { format: "pt" },
): Uint8Array {
  const ordered = sortForFile(tensors);
  const chunks = [
    encodeHeader(ordered, metadata),
    ...ordered.map((tensor) => encodeTensor(tensor, tensor.data)),
  ];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
