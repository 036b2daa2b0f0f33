/**
 * Limits the length of what a server sends without telling how much it is.
 *
 * @module
 */
import { HEADER_LENGTH_BYTES, parseHeaderLength } from "../checkpoint/header_length.ts";
import { MAX_TEXT_BYTES } from "../checkpoint/source.ts";
import { assertLength } from "./assert_length.ts";

/** The places of a tensor's bytes, in a header of safetensors. */
const OFFSETS = /"data_offsets"\s*:\s*\[\s*\d+\s*,\s*(\d+)\s*\]/g;

/**
 * Limits the length of a file whose length the server does not send: a safetensors file is as long as
 * its header says, any other has at most 100 MB.
 */
export class LengthLimit {
  readonly #name: string;
  #longest: number;
  /** The first bytes of a safetensors file, until its header is complete. */
  #header: Uint8Array[] | undefined;

  /**
   * Chooses the limit of a file.
   *
   * @param name The file's name.
   */
  constructor(name: string) {
    this.#name = name;
    const hasHeader = name.endsWith(".safetensors");
    this.#longest = hasHeader ? Infinity : MAX_TEXT_BYTES;
    if (hasHeader) this.#header = [];
  }

  /**
   * Checks the length received so far.
   *
   * @param chunk The next bytes, from the start of the file on.
   * @param length The number of bytes received, these included.
   * @throws {RangeError} If it is above the limit.
   * @throws {SyntaxError} If a safetensors file has no valid header.
   */
  check(chunk: Uint8Array, length: number): void {
    if (this.#header) this.#readHeader(this.#header, chunk, length);
    assertLength(this.#name, length, this.#longest);
  }

  #readHeader(chunks: Uint8Array[], chunk: Uint8Array, length: number): void {
    // A source of bytes may fill the same buffer again.
    chunks.push(chunk.slice());
    if (length < HEADER_LENGTH_BYTES) return;
    const first = concat(chunks, HEADER_LENGTH_BYTES);
    const headerEnd = HEADER_LENGTH_BYTES + parseHeaderLength(first, Infinity, this.#name);
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
