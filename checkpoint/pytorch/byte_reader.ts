import { malformed, Truncated } from "./fault.ts";

/** Longest text that is decoded here: a decoder's call takes ten times as long. */
const SHORT = 32;

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads little-endian values one after the other, never beyond the end. */
export class ByteReader {
  /** Position of the next byte. */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /**
   * Begins to read.
   *
   * @param bytes The bytes.
   * @param position Position of the first byte.
   */
  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  /** Reads `count` bytes; not a copy. All methods throw {@linkcode Truncated} at the end. */
  bytes(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** Reads a byte. */
  uint8(): number {
    return this.#bytes[this.#advance(1)];
  }

  /** Reads 2 bytes as an unsigned number. */
  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  /** Reads 4 bytes as an unsigned number. */
  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Reads 4 bytes as a signed number. */
  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Reads 8 bytes as an unsigned number; inexact, but still too large for anything, from 2^53 on. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Reads 8 bytes in network order as a number with a fraction. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Reads `count` bytes of UTF-8. */
  text(count: number): string {
    const bytes = this.bytes(count);
    if (count > SHORT) return decodeText(bytes);
    let text = "";
    for (let i = 0; i < count; i++) {
      if (bytes[i] >= 0x80) return decodeText(bytes);
      text += String.fromCharCode(bytes[i]);
    }
    return text;
  }

  /** Reads UTF-8 up to a line feed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end === -1) throw truncated(this.#bytes);
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  #advance(count: number): number {
    const start = this.position;
    if (count > this.#bytes.length - start) throw truncated(this.#bytes);
    this.position = start + count;
    return start;
  }
}

function truncated({ length }: Uint8Array): Truncated {
  return new Truncated(SyntaxError, `it is truncated: ${length} bytes end within a value`);
}

/**
 * Decodes UTF-8.
 *
 * @param bytes The encoded text.
 * @returns The text.
 * @throws {Fault} If it is not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw malformed("a text in it is not UTF-8");
  }
}
