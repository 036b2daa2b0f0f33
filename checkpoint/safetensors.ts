/**
 * The header of a safetensors file. The file consists of an 8-byte length, JSON that gives each
 * tensor's element type, dims and byte range, and the tensors' bytes.
 *
 * @module
 */
import { bytesPerElement, type Dtype, isDtype } from "./dtypes.ts";
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import { HEADER_LENGTH_BYTES } from "./header_length.ts";
import { decodeUtf8 } from "./source.ts";

/** Most values of a header: those of more than 100,000 tensors. */
const MAX_HEADER_VALUES = 2 ** 20;

/** A tensor's type, dims and byte range in its file. */
export interface TensorEntry {
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension; empty for a scalar. */
  dims: number[];
  /** First byte, counted from the start of the file. */
  start: number;
  /** Byte after the last, counted from the start of the file. */
  end: number;
}

/** The parsed header of a safetensors file. */
export interface SafetensorsHeader {
  /** The tensors by name. */
  tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by name. */
  metadata: ReadonlyMap<string, string>;
}

/**
 * Parses a header and checks it completely: every dtype and shape, and that the tensors cover the
 * bytes after the header exactly, without overlaps or gaps.
 *
 * @param header The header's bytes, without the length field.
 * @param fileSize The file's length in bytes.
 * @param origin The file's name, for error messages.
 * @returns The tensors and the metadata.
 * @throws {SyntaxError} If the header is not a JSON object, names a tensor twice, or the tensors
 *   overlap, leave gaps or do not end with the file.
 * @throws {TypeError} If a dtype is unknown, or dims, offsets or metadata are of the wrong type.
 * @throws {RangeError} If offsets lie outside the file, are reversed or do not match the dims.
 *
 * @example
 * ```ts
 * import { parseHeader } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const json = '{"bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}';
 * const header = new TextEncoder().encode(json);
 * const { tensors } = parseHeader(header, 8 + header.length + 8, "model.safetensors");
 * assertEquals(tensors.get("bias")?.dims, [2]);
 * ```
 */
export function parseHeader(
  header: Uint8Array,
  fileSize: number,
  origin: string,
): SafetensorsHeader {
  const dataStart = HEADER_LENGTH_BYTES + header.length;
  const { __metadata__: metadata, ...entries } = parseJsonObject(
    decodeUtf8(header, `the header of ${origin}`),
    `the header of ${origin}`,
    MAX_HEADER_VALUES,
  );
  const tensors = new Map(
    Object.keys(entries).map((name) => [
      name,
      parseEntry(entries[name], dataStart, fileSize, () => `${origin}, tensor ${showName(name)}`),
    ]),
  );
  assertCoverage(tensors, dataStart, fileSize, origin);
  return { tensors, metadata: parseMetadata(metadata, origin) };
}

function parseMetadata(metadata: unknown, origin: string): Map<string, string> {
  if (metadata === undefined || metadata === null) return new Map();
  if (!isJsonObject(metadata) || Object.values(metadata).some((v) => typeof v !== "string")) {
    throw new TypeError(`${origin}: __metadata__ must be an object of strings`);
  }
  return new Map(Object.entries(metadata) as [string, string][]);
}

function isSizeList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function parseEntry(
  entry: unknown,
  dataStart: number,
  fileSize: number,
  origin: () => string,
): TensorEntry {
  if (!isJsonObject(entry)) {
    throw new TypeError(`${origin()}: the entry must be an object, got ${showValue(entry)}`);
  }
  const { dtype, shape: dims, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw new TypeError(`${origin()}: unknown dtype ${showValue(dtype)}`);
  }
  if (!isSizeList(dims)) {
    throw new TypeError(
      `${origin()}: shape must be a list of integers ≥ 0, got ${showValue(dims)}`,
    );
  }
  if (!isSizeList(offsets) || offsets.length !== 2) {
    throw new TypeError(
      `${origin()}: data_offsets must be two integers ≥ 0, got ${showValue(offsets)}`,
    );
  }
  const [start, end] = offsets;
  if (start > end || dataStart + end > fileSize) {
    throw new RangeError(
      `${origin()}: data_offsets [${start}, ${end}] must ascend and end within the ` +
        `${fileSize - dataStart} bytes of data`,
    );
  }
  // A product above 2^53 is inexact, but still far above any file's size.
  const bytes = dims.reduce((product, size) => product * size, bytesPerElement(dtype));
  if (bytes !== end - start) {
    throw new RangeError(
      `${origin()}: ${dtype} ${
        showValue(dims)
      } needs ${bytes} bytes, data_offsets [${start}, ${end}] ` +
        `span ${end - start}`,
    );
  }
  return { dtype, dims, start: dataStart + start, end: dataStart + end };
}

function assertCoverage(
  tensors: Map<string, TensorEntry>,
  dataStart: number,
  fileSize: number,
  origin: string,
): void {
  const ordered = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let reached = dataStart;
  for (const [name, { start, end }] of ordered) {
    if (start !== reached) {
      throw new SyntaxError(
        `${origin}: tensor ${showName(name)} starts at byte ${start}, ` +
          `${start < reached ? "inside" : "after a gap behind"} the one that ends at ${reached}`,
      );
    }
    reached = end;
  }
  if (reached !== fileSize) {
    throw new SyntaxError(`${origin}: ${fileSize - reached} bytes belong to no tensor`);
  }
}
