/**
 * Limits the length of weights that a server sends without telling how much it is.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../checkpoint/source.ts";
import { assertLength } from "./assert_length.ts";

/** Bytes of the length field before the header. */
const HEADER_LENGTH_BYTES = 8;

/** The places of a tensor's bytes, in a header of safetensors. */
const OFFSETS = /"data_offsets"\s*:\s*\[\s*\d+\s*,\s*(\d+)\s*\]/g;

/** Limits the length of a safetensors file: it is as long as its header says. */
export class LengthLimit {
  readonly #name: string;
  #longest = Infinity;
  /** The first bytes, until the header is complete. */
  #header: Uint8Array[] | undefined = [];

  /**
   * Begins without a limit.
   *
   * @param name The file's name.
   */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Checks the length received so far.
   *
   * @param chunk The next bytes, from the start of the file on.
   * @param length The number of bytes received, these included.
   * @throws {RangeError} If it is above the limit, or the header's is.
   */
  check(chunk: Uint8Array, length: number): void {
    if (this.#header) this.#readHeader(this.#header, chunk, length);
    assertLength(this.#name, length, this.#longest);
  }

  #readHeader(chunks: Uint8Array[], chunk: Uint8Array, length: number): void {
    // A source of bytes may fill the same buffer again; slice() of a Node Buffer is no copy.
    chunks.push(new Uint8Array(chunk));
    if (length < HEADER_LENGTH_BYTES) return;
    const { buffer } = concat(chunks, HEADER_LENGTH_BYTES);
    const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
    if (headerLength > MAX_TEXT_BYTES) {
      throw new RangeError(
        `Cannot fetch ${this.#name}: it is not a safetensors file, perhaps a Git LFS pointer; its ` +
          `header would have ${headerLength} bytes, wanted at most ${MAX_TEXT_BYTES}`,
      );
    }
    const headerEnd = HEADER_LENGTH_BYTES + headerLength;
    if (length < headerEnd) return;
    const header = new TextDecoder().decode(
      concat(chunks, headerEnd).subarray(HEADER_LENGTH_BYTES),
    );
    this.#header = undefined;
    let dataEnd = 0;
    for (const [, end] of header.matchAll(OFFSETS)) dataEnd = Math.max(dataEnd, Number(end));
    this.#longest = headerEnd + dataEnd;
  }
}

/** Joins chunks, up to a number of bytes. */
function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    if (position >= length) break;
    joined.set(chunk.subarray(0, length - position), position);
    position += chunk.length;
  }
  return joined;
}
