/**
 * Builds pickles and archives byte by byte, also such as PyTorch never writes.
 *
 * @module
 */
import type { CheckpointFile } from "../../../checkpoint/source.ts";

const encoder = new TextEncoder();

/** Joins bytes; strings stand for their ASCII. */
export function bytes(...parts: (number | string | Uint8Array)[]): Uint8Array {
  const chunks = parts.map((part) =>
    typeof part === "number"
      ? new Uint8Array([part])
      : typeof part === "string"
      ? encoder.encode(part)
      : part
  );
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    joined.set(chunk, position);
    position += chunk.length;
  }
  return joined;
}

/** A little-endian number of 2, 4 or 8 bytes. */
export function number(value: number, size: number): Uint8Array {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer).slice(0, size);
}

/** Pushes a string. */
export function text(value: string): Uint8Array {
  const encoded = encoder.encode(value);
  return bytes("X", number(encoded.length, 4), encoded);
}

/** Pushes a whole number ≥ 0. */
export function integer(value: number): Uint8Array {
  return bytes(0x8a, 9, number(value, 8), 0);
}

/** Pushes a tuple. */
export function tuple(...items: Uint8Array[]): Uint8Array {
  return bytes("(", ...items, "t");
}

/** Pushes what Python imports. */
export function imported(module: string, name: string): Uint8Array {
  return bytes(`c${module}\n${name}\n`);
}

/** Pushes a dictionary. */
export function dictionary(...entries: [string, Uint8Array][]): Uint8Array {
  return bytes("}(", ...entries.flatMap(([key, value]) => [text(key), value]), "u");
}

/** A tensor as {@linkcode tensor} pickles it. */
export interface PickledTensor {
  key?: string;
  type?: string;
  length?: number;
  offset?: number;
  dims?: number[];
  strides?: number[];
  view?: Uint8Array;
}

/** Pushes a tensor; by default `[2]` of a storage of two numbers. */
export function tensor(
  { key = "0", type = "FloatStorage", length = 2, offset = 0, dims = [2], strides = [1], view }:
    PickledTensor = {},
): Uint8Array {
  const id = [text("storage"), imported("torch", type), text(key), text("cpu"), integer(length)];
  return bytes(
    imported("torch._utils", "_rebuild_tensor_v2"),
    tuple(
      bytes(tuple(...id, ...(view ? [view] : [])), "Q"),
      integer(offset),
      tuple(...dims.map(integer)),
      tuple(...strides.map(integer)),
      bytes(0x89), // requires no gradient
      bytes("N"),
    ),
    "R",
  );
}

/** A whole pickle. */
export function pickle(...parts: (number | string | Uint8Array)[]): Uint8Array {
  return bytes(0x80, 2, ...parts, ".");
}

/** What {@linkcode zip} may do otherwise. */
export interface ZipOptions {
  /** Writes all numbers into zip64 records. */
  zip64?: boolean;
  comment?: string;
  flags?: number;
  method?: number;
  /** Changes an entry's fields in the directory. */
  lie?: (name: string, fields: { size: number; stored: number; offset: number }) => void;
}

/** An archive of files, in their order. */
export function zip(
  files: [string, Uint8Array][],
  { zip64 = false, comment = "", flags = 0, method = 0, lie = () => {} }: ZipOptions = {},
): Uint8Array {
  const local: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const narrow = (value: number) =>
    zip64 ? bytes(0xff, 0xff, 0xff, 0xff).fill(0xff) : number(value, 4);
  for (const [name, content] of files) {
    const encoded = encoder.encode(name);
    const fields = { size: content.length, stored: content.length, offset };
    const header = bytes(
      "PK\x03\x04",
      number(20, 2),
      number(flags, 2),
      number(method, 2),
      number(0, 8),
      number(content.length, 4),
      number(content.length, 4),
      number(encoded.length, 2),
      number(3, 2),
      encoded,
      "FB\x00", // padding, as PyTorch writes it
    );
    local.push(header, content);
    offset += header.length + content.length;
    lie(name, fields);
    const extra = zip64
      ? bytes(
        number(7, 2), // a record of something else
        number(1, 2),
        0,
        number(1, 2),
        number(24, 2),
        number(fields.size, 8),
        number(fields.stored, 8),
        number(fields.offset, 8),
      )
      : bytes();
    directory.push(bytes(
      "PK\x01\x02",
      number(20, 2),
      number(20, 2),
      number(flags, 2),
      number(method, 2),
      number(0, 8),
      narrow(fields.stored),
      narrow(fields.size),
      number(encoded.length, 2),
      number(extra.length, 2),
      number(0, 2),
      number(0, 8),
      narrow(fields.offset),
      encoded,
      extra,
    ));
  }
  const entries = bytes(...directory);
  const count = files.length;
  const end64 = bytes(
    "PK\x06\x06",
    number(44, 8),
    number(20, 2),
    number(20, 2),
    number(0, 8),
    number(count, 8),
    number(count, 8),
    number(entries.length, 8),
    number(offset, 8),
    "PK\x06\x07",
    number(0, 4),
    number(offset + entries.length, 8),
    number(1, 4),
  );
  return bytes(
    ...local,
    entries,
    zip64 ? end64 : "",
    "PK\x05\x06",
    number(0, 4),
    number(zip64 ? 0xffff : count, 2),
    number(zip64 ? 0xffff : count, 2),
    narrow(entries.length),
    narrow(offset),
    number(comment.length, 2),
    comment,
  );
}

/** An archive of a pickle and storages, as torch.save writes it. */
export function archive(
  data: Uint8Array,
  storages: Record<string, Uint8Array> = { 0: new Uint8Array(new Float32Array([1, 2]).buffer) },
  options?: ZipOptions,
): Uint8Array {
  const stored = Object.entries(storages)
    .map(([key, content]) => [`model/data/${key}`, content] as [string, Uint8Array]);
  return zip([["model/data.pkl", data], ["model/byteorder", bytes("little")], ...stored], options);
}

/** A whole file of tensors, one after the other. */
export function stateDict(
  tensors: readonly { name: string; dims: readonly number[]; data: Float32Array }[],
): Uint8Array {
  const entries = tensors.map(({ name, dims, data }, i): [string, Uint8Array] => {
    const strides = dims.map((_, axis) =>
      dims.slice(axis + 1).reduce((product, size) => product * size, 1)
    );
    return [name, tensor({ key: String(i), length: data.length, dims: [...dims], strides })];
  });
  const storages = tensors.map(({ data }, i) => [i, new Uint8Array(data.slice().buffer)]);
  return archive(pickle(dictionary(...entries)), Object.fromEntries(storages));
}

/** A file in memory that notes the ranges read. */
export function fileOf(content: Uint8Array, reads: [number, number][] = []): CheckpointFile {
  return {
    name: "model.bin",
    size: content.length,
    read: (start, end) => {
      if (!(start >= 0 && start <= end && end <= content.length)) {
        return Promise.reject(new Error(`a read of ${start} to ${end} of ${content.length}`));
      }
      reads.push([start, end]);
      return Promise.resolve(content.slice(start, end));
    },
  };
}
