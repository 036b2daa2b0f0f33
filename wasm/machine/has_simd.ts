/**
 * Test of whether the kernels run here, without loading them.
 *
 * @module
 */

/** A module with one function that uses the two features that not every engine has. */
// deno-fmt-ignore
const PROBE = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // magic number, version
  1, 4, 1, 0x60, 0, 0, // types: () => void
  3, 2, 1, 0, // functions: one of that type
  10, 12, 1, 10, 0, // code: one body of 10 bytes, no locals
  0x41, 0, // i32.const 0
  0xfd, 15, // i8x16.splat, an instruction of SIMD
  0x1a, // drop
  0xfe, 3, 0, // atomic.fence, an instruction of threads, which both builds contain
  0x0b, // end
);

/**
 * Tests whether this engine runs the kernels, on one thread at least.
 *
 * @returns True if it has WebAssembly SIMD and atomic instructions.
 */
export function hasSimd(): boolean {
  return typeof WebAssembly !== "undefined" && WebAssembly.validate(PROBE);
}

/** A module with one function that uses relaxed SIMD. */
// deno-fmt-ignore
const RELAXED = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // magic number, version
  1, 4, 1, 0x60, 0, 0, // types: () => void
  3, 2, 1, 0, // functions: one of that type
  10, 20, 1, 18, 0, // code: one body of 18 bytes, no locals
  0x41, 0, 0xfd, 15, // i32.const 0, i8x16.splat
  0x41, 0, 0xfd, 15,
  0x41, 0, 0xfd, 15,
  0xfd, 0x85, 2, // f32x4.relaxed_madd
  0x1a, // drop
  0x0b, // end
);

/**
 * Tests whether this engine has relaxed SIMD.
 *
 * @returns True if it has.
 */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED);
}
