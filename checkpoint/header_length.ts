/**
 * The length of the header of a safetensors file.
 *
 * @module
 */
import { downloadHint } from "./download_hint.ts";

/** Bytes of the length field before the header. */
export const HEADER_LENGTH_BYTES = 8;

/** Longest header that the format allows. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads the header's length and checks it against the file's.
 *
 * @param prefix The file's first 8 bytes.
 * @param fileSize The file's length in bytes.
 * @param origin The file's name, for error messages.
 * @returns The header's length in bytes.
 * @throws {SyntaxError} If the file is too short for its header.
 * @throws {RangeError} If the header is longer than the format allows.
 */
export function parseHeaderLength(prefix: Uint8Array, fileSize: number, origin: string): number {
  if (prefix.length < HEADER_LENGTH_BYTES) {
    throw new SyntaxError(
      `${origin} is not a safetensors file: got ${fileSize} bytes, wanted at least 8`,
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(
      `${origin} is not a safetensors file: its header has ${length} bytes, wanted at ` +
        `most ${MAX_HEADER_BYTES}${downloadHint(prefix)}`,
    );
  }
  if (HEADER_LENGTH_BYTES + Number(length) > fileSize) {
    throw new SyntaxError(
      `${origin} is truncated: got ${fileSize} bytes, wanted at least 8 and the ${length} of its ` +
        `header`,
    );
  }
  return Number(length);
}
