import { bytesPerElement, encodeFloats, type FloatDtype } from "./dtypes.ts";
import { HEADER_LENGTH_BYTES } from "./safetensors.ts";

/** A tensor that is to be written. */
export interface TensorToWrite {
  /** Its name in the file. */
  name: string;
  /** Size of each dimension. */
  dims: readonly number[];
  /** Element type in the file. */
  dtype: FloatDtype;
}

/** A tensor that is to be written and whose elements are at hand. */
export interface TensorWithData extends TensorToWrite {
  /** The elements in row-major order. */
  data: Float32Array;
}

function sizeInBytes({ dims, dtype }: TensorToWrite): number {
  return dims.reduce((product, size) => product * size, bytesPerElement(dtype));
}

/** Wide element types first, so that every tensor is aligned; then by name. */
function inFileOrder<T extends TensorToWrite>(tensors: readonly T[]): T[] {
  return [...tensors].sort((a, b) =>
    bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (a.name < b.name ? -1 : 1)
  );
}

function encodeHeader(ordered: TensorToWrite[], metadata: Record<string, string>): Uint8Array {
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
      "writing safetensors: each tensor needs a name of its own, none of them __metadata__",
    );
  }
  // fromEntries defines properties, so a tensor named __proto__ is written like any other.
  const json = JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries]));
  const text = new TextEncoder().encode(json);
  // Spaces behind the JSON bring the data to a multiple of 8 bytes.
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(HEADER_LENGTH_BYTES + length).fill(" ".charCodeAt(0));
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, HEADER_LENGTH_BYTES);
  return header;
}

/**
 * Writes a safetensors file piece by piece, so that only one tensor need be in memory.
 *
 * @param tensors What the file will hold; the order is without effect.
 * @param load Gives the elements of a tensor, when its turn comes.
 * @param metadata Free text by name; `{ format: "pt" }` is what transformers asks for.
 * @returns The file's bytes: the header, then one piece a tensor.
 * @throws {RangeError} If two tensors have one name, or a tensor's elements do not fit its dims.
 *
 * @example
 * ```ts
 * import { streamSafetensors } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const tensors = [{ name: "bias", dims: [2], dtype: "F16" as const }];
 * const pieces = [];
 * for await (
 *   const piece of streamSafetensors(tensors, () => Promise.resolve(new Float32Array([1, -2])))
 * ) {
 *   pieces.push(piece);
 * }
 * assertEquals(pieces[1], new Uint8Array([0x00, 0x3c, 0x00, 0xc0]));
 * ```
 */
export async function* streamSafetensors(
  tensors: readonly TensorToWrite[],
  load: (name: string) => Promise<Float32Array>,
  metadata: Record<string, string> = { format: "pt" },
): AsyncGenerator<Uint8Array> {
  const ordered = inFileOrder(tensors);
  yield encodeHeader(ordered, metadata);
  for (const tensor of ordered) yield encodeTensor(tensor, await load(tensor.name));
}

function encodeTensor(tensor: TensorToWrite, data: Float32Array): Uint8Array {
  const bytes = encodeFloats(data, tensor.dtype);
  if (bytes.length !== sizeInBytes(tensor)) {
    throw new RangeError(
      `writing tensor ${tensor.name}: [${tensor.dims}] does not fit its ${data.length} elements`,
    );
  }
  return bytes;
}

/**
 * Writes a safetensors file whose tensors are all in memory.
 *
 * @param tensors The tensors; their order is without effect.
 * @param metadata Free text by name; `{ format: "pt" }` is what transformers asks for.
 * @returns The file's bytes.
 * @throws {RangeError} If two tensors have one name, or a tensor's elements do not fit its dims.
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
  const ordered = inFileOrder(tensors);
  const pieces = [
    encodeHeader(ordered, metadata),
    ...ordered.map((tensor) => encodeTensor(tensor, tensor.data)),
  ];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
