/**
 * Products of bytes, summed in 32 bits: the same sums three ways, as engines differ.
 *
 * `i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, c)` is one instruction where the processor has it, but
 * its meaning is left open where a byte of x has its highest bit set:
 *
 * - unsigned: x counts from 0 to 255, sums are exact (x86 with AVX-VNNI). So 128 is added to x, and
 *   sums start at −128·Σw.
 * - signed: x counts from −128 to 127, sums are exact (ARM).
 * - words: neither, as sums of two products are cut to 16 bits (x86 without it), or the build has
 *   no such instruction. Bytes are widened, and products of 16 bits added up.
 */
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/** The ways, as wasm/machine/products.ts numbers them. */
export const WORDS: i32 = 0;
export const UNSIGNED: i32 = 1;
export const SIGNED: i32 = 2;

/** The way of this thread, of which each has its own copy. */
export let products: i32 = WORDS;

/** Sets the way of this thread: one that is exact on this engine. */
export function setProducts(way: i32): void {
  products = way;
}

/** Sixteen weights and sixteen x whose sums tell the ways apart. */
// deno-fmt-ignore
const OPERANDS = memory.data<u8>([
  127, 127, 127, 127, 129, 129, 129, 129, 127, 129, 127, 129, 1, 255, 2, 129,
  255, 255, 255, 255, 255, 255, 255, 255, 129, 255, 128, 127, 128, 130, 1, 255,
]);

/** Finds the fastest way that is exact on this engine. */
export function findProducts(): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return WORDS;
  let isUnsigned = true, isSigned = true;
  for (let i: usize = 0; i < 16; i += 4) {
    const w = v128.load32_splat(OPERANDS + i), x = v128.load32_splat(OPERANDS + i, 16);
    const sum = i32x4.extract_lane(dot(w, x, i32x4.splat(1_000_000_000)), 0);
    let unsigned = 1_000_000_000, signed = unsigned;
    for (let at = OPERANDS + i, end = at + 4; at < end; at++) {
      unsigned += <i32> load<i8>(at) * <i32> load<u8>(at, 16);
      signed += <i32> load<i8>(at) * <i32> load<i8>(at, 16);
    }
    isUnsigned = isUnsigned && sum == unsigned;
    isSigned = isSigned && sum == signed;
  }
  return isUnsigned ? UNSIGNED : isSigned ? SIGNED : WORDS;
}

/** What turns a signed byte of x into the byte that is stored. */
// @ts-ignore: decorator
@inline
export function flips(): v128 {
  return i32x4.splat(products == UNSIGNED ? 0x80808080 : 0);
}

/** Bytes of a stored value of x. */
// @ts-ignore: decorator
@inline
export function sizeOfX(): i32 {
  return products == WORDS ? 2 : 1;
}

/** `c + Σ w·x`, of four bytes each. */
// @ts-ignore: decorator
@inline
export function dot(w: v128, x: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, c);
  return unreachable();
}

/** `c + Σ w·x`, of two words each. */
// @ts-ignore: decorator
@inline
export function dotOfWords(w: v128, x: v128, c: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(w, x), c);
}

/** Zeros of a row of a tile. */
const ZEROS = memory.data(32, 16);

/** Bytes of a panel's block before its integers: 8 steps and 8 starts. */
export const HEAD: i32 = 64;

/**
 * The integers of a panel's block, `[quads, 8, 4]` bytes, as `multiplyQuantized` needs them: as
 * they are, or as words `[2, quads, 8, 2]`, of each four the first and the third, then the others.
 *
 * @param panel 8 steps, 8 starts, then the integers.
 * @param words Memory for the words.
 * @returns Their address.
 */
export function integersOf(panel: usize, quads: i32, words: usize): usize {
  const bytes = panel + HEAD;
  if (products != WORDS) return bytes;
  const others = words + (quads << 5);
  for (let i: usize = 0, end = <usize> quads << 5; i < end; i += 16) {
    const sixteen = v128.load(bytes + i);
    v128.store(words + i, i16x8.shr_s(i16x8.shl(sixteen, 8), 8));
    v128.store(others + i, i16x8.shr_s(sixteen, 8));
  }
  return words;
}

/**
 * A tile of 5 rows and 8 columns: `c = from + sums · step of the weights · step of the row`.
 *
 * @param a Rows packed by `quantizeRows`.
 * @param panel 8 steps and 8 starts.
 * @param b The weights as `integersOf` gives them.
 * @param quads Fours of products of each sum; ≥ 1.
 * @param steps Address of the steps of the rows.
 * @param from 8 values that all rows share (`fromStride` 0), or those of each row.
 * @param c The result, its rows `stride` bytes apart.
 */
export function multiplyQuantized(
  a: usize, panel: usize, b: usize, quads: i32, steps: usize, from: usize, fromStride: usize,
  c: usize, stride: usize,
): void {
  if (!ASC_FEATURE_RELAXED_SIMD || products == WORDS) {
    multiplyWords(a, panel, b, quads, steps, from, fromStride, c, stride);
  } else {
    multiplyBytes(a, panel, b, quads, startsOf(panel), steps, from, fromStride, c, stride);
  }
}

/** Address of what the sums of a panel start with, of bytes. */
// @ts-ignore: decorator
@inline
export function startsOf(panel: usize): usize {
  return products == UNSIGNED ? panel + 32 : ZEROS;
}

/**
 * The same of bytes.
 *
 * @param sums 8 sums that all rows start with.
 */
export function multiplyBytes(
  a: usize, panel: usize, b: usize, quads: i32, sums: usize, steps: usize, from: usize,
  fromStride: usize, c: usize, stride: usize,
): void {
  let c00 = v128.load(sums), c01 = v128.load(sums, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01;
  const end = a + <usize> quads * (TILE_ROWS * 4);
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), rows = v128.load(a);
    const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
    c00 = dot(b0, a0, c00);
    c01 = dot(b1, a0, c01);
    const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
    c10 = dot(b0, a1, c10);
    c11 = dot(b1, a1, c11);
    const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
    c20 = dot(b0, a2, c20);
    c21 = dot(b1, a2, c21);
    const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
    c30 = dot(b0, a3, c30);
    c31 = dot(b1, a3, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = dot(b0, a4, c40);
    c41 = dot(b1, a4, c41);
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  const w0 = v128.load(panel), w1 = v128.load(panel, 16);
  storeRow(c00, c01, w0, w1, steps, from, c);
  storeRow(c10, c11, w0, w1, steps + 4, from + fromStride, c + stride);
  storeRow(c20, c21, w0, w1, steps + 8, from + 2 * fromStride, c + 2 * stride);
  storeRow(c30, c31, w0, w1, steps + 12, from + 3 * fromStride, c + 3 * stride);
  storeRow(c40, c41, w0, w1, steps + 16, from + 4 * fromStride, c + 4 * stride);
}

/**
 * The same of words: twice as many steps, of two products each.
 *
 * A loop does two of them, which saves a twelfth of the instructions. The test between them is
 * never true, as their number is even, but keeps the sums of the first before the loads of the
 * second: registers do not suffice for both.
 */
function multiplyWords(
  a: usize, panel: usize, b: usize, quads: i32, steps: usize, from: usize, fromStride: usize,
  c: usize, stride: usize,
): void {
  let c00 = i32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00;
  const end = a + <usize> quads * (TILE_ROWS * 8);
  do {
    {
      const b0 = v128.load(b), b1 = v128.load(b, 16), rows = v128.load(a);
      const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
      c00 = dotOfWords(b0, a0, c00);
      c01 = dotOfWords(b1, a0, c01);
      const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
      c10 = dotOfWords(b0, a1, c10);
      c11 = dotOfWords(b1, a1, c11);
      const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
      c20 = dotOfWords(b0, a2, c20);
      c21 = dotOfWords(b1, a2, c21);
      const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
      c30 = dotOfWords(b0, a3, c30);
      c31 = dotOfWords(b1, a3, c31);
      const a4 = v128.load32_splat(a, 16);
      c40 = dotOfWords(b0, a4, c40);
      c41 = dotOfWords(b1, a4, c41);
    }
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
    if (a >= end) break;
    {
      const b0 = v128.load(b), b1 = v128.load(b, 16), rows = v128.load(a);
      const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
      c00 = dotOfWords(b0, a0, c00);
      c01 = dotOfWords(b1, a0, c01);
      const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
      c10 = dotOfWords(b0, a1, c10);
      c11 = dotOfWords(b1, a1, c11);
      const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
      c20 = dotOfWords(b0, a2, c20);
      c21 = dotOfWords(b1, a2, c21);
      const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
      c30 = dotOfWords(b0, a3, c30);
      c31 = dotOfWords(b1, a3, c31);
      const a4 = v128.load32_splat(a, 16);
      c40 = dotOfWords(b0, a4, c40);
      c41 = dotOfWords(b1, a4, c41);
    }
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  const w0 = v128.load(panel), w1 = v128.load(panel, 16);
  storeRow(c00, c01, w0, w1, steps, from, c);
  storeRow(c10, c11, w0, w1, steps + 4, from + fromStride, c + stride);
  storeRow(c20, c21, w0, w1, steps + 8, from + 2 * fromStride, c + 2 * stride);
  storeRow(c30, c31, w0, w1, steps + 12, from + 3 * fromStride, c + 3 * stride);
  storeRow(c40, c41, w0, w1, steps + 16, from + 4 * fromStride, c + 4 * stride);
}

/**
 * One row, the first of a tile, and four panels that are read side by side: `c = from + sums · step of
 * the weights · step of the row`, of 8 columns each.
 *
 * @param apart Bytes from one panel to the next.
 * @param fromApart The same of the values of `from`, 0 if all share them.
 * @param cApart The same of the results.
 */
export function multiplyRow(
  a: usize, panel: usize, apart: usize, quads: i32, step: usize, from: usize, fromApart: usize,
  c: usize, cApart: usize,
): void {
  const second = panel + apart, third = second + apart, fourth = third + apart;
  let b = startsOf(panel), d = startsOf(second), e = startsOf(third), f = startsOf(fourth);
  let c0 = v128.load(b), c1 = v128.load(b, 16), c2 = v128.load(d), c3 = v128.load(d, 16);
  let c4 = v128.load(e), c5 = v128.load(e, 16), c6 = v128.load(f), c7 = v128.load(f, 16);
  b = panel + HEAD;
  d = second + HEAD;
  e = third + HEAD;
  f = fourth + HEAD;
  const end = b + (<usize> quads << 5);
  if (!ASC_FEATURE_RELAXED_SIMD || products == WORDS) {
    const others = <usize> quads * (TILE_ROWS * 4);
    for (; b < end; a += TILE_ROWS * 4) {
      const x = v128.load32_splat(a), y = v128.load32_splat(a + others);
      c0 = dotOfBytes(v128.load(b), x, y, c0);
      c1 = dotOfBytes(v128.load(b, 16), x, y, c1);
      c2 = dotOfBytes(v128.load(d), x, y, c2);
      c3 = dotOfBytes(v128.load(d, 16), x, y, c3);
      c4 = dotOfBytes(v128.load(e), x, y, c4);
      c5 = dotOfBytes(v128.load(e, 16), x, y, c5);
      c6 = dotOfBytes(v128.load(f), x, y, c6);
      c7 = dotOfBytes(v128.load(f, 16), x, y, c7);
      b += TILE_COLUMNS * 4;
      d += TILE_COLUMNS * 4;
      e += TILE_COLUMNS * 4;
      f += TILE_COLUMNS * 4;
    }
  } else {
    for (; b < end; a += TILE_ROWS * 4) {
      const x = v128.load32_splat(a);
      c0 = dot(v128.load(b), x, c0);
      c1 = dot(v128.load(b, 16), x, c1);
      c2 = dot(v128.load(d), x, c2);
      c3 = dot(v128.load(d, 16), x, c3);
      c4 = dot(v128.load(e), x, c4);
      c5 = dot(v128.load(e, 16), x, c5);
      c6 = dot(v128.load(f), x, c6);
      c7 = dot(v128.load(f, 16), x, c7);
      b += TILE_COLUMNS * 4;
      d += TILE_COLUMNS * 4;
      e += TILE_COLUMNS * 4;
      f += TILE_COLUMNS * 4;
    }
  }
  storeRow(c0, c1, v128.load(panel), v128.load(panel, 16), step, from, c);
  from += fromApart;
  c += cApart;
  storeRow(c2, c3, v128.load(second), v128.load(second, 16), step, from, c);
  from += fromApart;
  c += cApart;
  storeRow(c4, c5, v128.load(third), v128.load(third, 16), step, from, c);
  from += fromApart;
  c += cApart;
  storeRow(c6, c7, v128.load(fourth), v128.load(fourth, 16), step, from, c);
}

/** `c + Σ w·x + Σ w·y`, x of the first and the third of each four weights, y of the others. */
// @ts-ignore: decorator
@inline
function dotOfBytes(w: v128, x: v128, y: v128, c: v128): v128 {
  return dotOfWords(i16x8.shr_s(i16x8.shl(w, 8), 8), x, dotOfWords(i16x8.shr_s(w, 8), y, c));
}

/** `from + sum · step of the weights · step of the row`, of 8 columns. */
// @ts-ignore: decorator
@inline
export function storeRow(
  low: v128, high: v128, w0: v128, w1: v128, step: usize, from: usize, c: usize,
): void {
  const factor = v128.load32_splat(step);
  const a = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(low), w0), factor);
  const b = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(high), w1), factor);
  v128.store(c, f32x4.add(a, v128.load(from)));
  v128.store(c, f32x4.add(b, v128.load(from, 16)), 16);
}
