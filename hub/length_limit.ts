/**
 * Limits the length of what a server sends.
 *
 * @module
 */
import { HEADER_LENGTH_BYTES, parseHeaderLength } from "../checkpoint/header_length.ts";
import { MAX_TEXT_BYTES } from "../checkpoint/source.ts";

/** Names of weights; all other files are texts, and small. */
const WEIGHTS = /\.(safetensors|bin|onnx|onnx_data|h5|msgpack|gguf|pt|pth|ot)$/;

/** The places of a tensor's bytes, in a header of safetensors. */
const OFFSETS = /"data_offsets"\s*:\s*\[\s*\d+\s*,\s*(\d+)\s*\]/g;

/**
 * Limits the length of a file:
 *
 * - a text has at most 100 MB, as in {@linkcode MAX_TEXT_BYTES};
 * - weights have the length that the server sends; a download checks that itself;
 * - without that length, a safetensors file is as long as its header says;
 * - any other file without a length has at most 100 MB.
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
   * @param size Its length, if the server sends it.
   * @throws {RangeError} If that is above the limit.
   */
  constructor(name: string, size: number | undefined) {
    this.#name = name;
    const isLimited = size === undefined || !WEIGHTS.test(name);
    this.#longest = isLimited ? MAX_TEXT_BYTES : size;
    if (size === undefined && name.endsWith(".safetensors")) {
      this.#longest = Infinity;
      this.#header = [];
    }
    if (size !== undefined) this.#assertBelow(size);
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
    this.#assertBelow(length);
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

  #assertBelow(length: number): void {
    if (length <= this.#longest) return;
    throw new RangeError(
      `Cannot fetch ${this.#name}: got ${length} bytes or more, wanted at most ${this.#longest}`,
    );
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
