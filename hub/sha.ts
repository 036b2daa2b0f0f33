/**
 * SHA-1 and SHA-256 of bytes that come in parts, which Web Crypto cannot compute and pages without
 * https lack altogether. FIPS 180-4.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { hasFileSystem } from "./env.ts";

/** A hash that is being computed. */
export interface Hash {
  /** Adds the next bytes. */
  update(bytes: Uint8Array): void;
  /** Ends the message and returns its hash in lower-case hexadecimal. */
  hex(): string;
}

/** The hashes that the hub names. */
export type HashName = "sha1" | "sha256";

/**
 * Starts a hash: the runtime's own, or {@linkcode Sha} in a browser.
 *
 * @param name Its name.
 * @returns The hash of no bytes yet.
 */
export function startHash(name: HashName): Hash {
  if (!hasFileSystem()) return new Sha(name);
  const { createHash } = nodeModule("node:crypto");
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

const BLOCK_BYTES = 64;

/** The first 32 bits of the fractional part of a number. */
const fraction = (x: number) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;

const PRIMES = Array.from({ length: 312 }, (_, i) => i)
  .filter((i) =>
    i > 1 && !Array.from({ length: 17 }, (_, k) => k + 2).some((k) => k < i && i % k === 0)
  );

/** The constants of SHA-256's 64 rounds. */
const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

const START: Readonly<Record<HashName, readonly number[]>> = {
  sha1: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  sha256: PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
};

/** SHA-1 or SHA-256 in plain TypeScript. */
export class Sha implements Hash {
  readonly #mix: (state: Int32Array, words: Int32Array) => void;
  readonly #state: Int32Array;
  readonly #words = new Int32Array(80);
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #view = new DataView(this.#block.buffer);
  #filled = 0;
  #length = 0;

  /**
   * Starts a hash.
   *
   * @param name Its name.
   */
  constructor(name: HashName) {
    this.#mix = name === "sha1" ? mixSha1 : mixSha256;
    this.#state = Int32Array.from(START[name], (word) => word | 0);
  }

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.#filled);
      this.#block.set(part, this.#filled);
      at += part.length;
      this.#filled += part.length;
      if (this.#filled === BLOCK_BYTES) this.#endBlock();
    }
  }

  hex(): string {
    // The message ends with a bit 1, zeros, and its length in bits.
    const bits = this.#length * 8;
    this.update(Uint8Array.of(0x80));
    if (this.#filled > BLOCK_BYTES - 8) this.#endBlock();
    this.#view.setUint32(BLOCK_BYTES - 8, Math.floor(bits / 2 ** 32));
    this.#view.setUint32(BLOCK_BYTES - 4, bits >>> 0);
    this.#endBlock();
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #endBlock(): void {
    for (let i = 0; i < 16; i++) this.#words[i] = this.#view.getInt32(4 * i);
    this.#mix(this.#state, this.#words);
    this.#block.fill(0);
    this.#filled = 0;
  }
}

function mixSha1(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < 80; i++) {
    const word = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16];
    words[i] = (word << 1) | (word >>> 31);
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  for (let i = 0; i < 80; i++) {
    const mixed = i < 20
      ? ((b & c) | (~b & d)) + 0x5a827999
      : i < 40
      ? (b ^ c ^ d) + 0x6ed9eba1
      : i < 60
      ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
      : (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + words[i]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/** Rotates 32 bits to the right. */
function turn(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}

function mixSha256(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    words[i] = words[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + words[i - 7] +
      (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) +
      ROUNDS[i] + words[i]) | 0;
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
