/**
 * Products of bytes: four of weights by four of activations are a sum of 32 bits, one instruction
 * where the processor has it.
 *
 * The instruction leaves open whether activations from 128 on are negative, and how sums of two
 * products are rounded to 16 bits. So an activation of 11 bits is split, `x = 16·h + l − 1024`, in an
 * `h` of 7 bits and an `l` of 4, of which all engines compute the same: the sum of `w·x` is
 * `16·(−64·Σw + Σ w·h) + Σ w·l`, exact modulo 2³², and it fits in 32 bits.
 */
import { storeRow, SUM_BYTES } from "./quantize";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/** Whether products of bytes are fast: 0 if not known yet, 1 or 2. Each thread has its own copy. */
let speed: i32 = 0;

/** Largest weights and activations, and what an engine makes of them. */
const OPERANDS = memory.data<u32>([0x7f7f7f7f, 0xffffffff]);

/**
 * Whether the engine computes products of bytes in one instruction: then sums of products are not
 * rounded to 16 bits on the way, whether 255 is taken as itself or as −1.
 */
export function areBytesFast(): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  if (speed == 0) {
    const sum = i32x4.extract_lane(
      dot(v128.load32_splat(OPERANDS), v128.load32_splat(OPERANDS, 4), i32x4.splat(0)),
      0,
    );
    speed = sum == 4 * 127 * 255 || sum == 4 * 127 * -1 ? 2 : 1;
  }
  return speed == 2;
}

/** Whether sums of products are exact, and whether bytes of the second operand are unsigned. */
export function areExactBytes(): bool {
  return areBytesFast();
}
export function areUnsignedBytes(): bool {
  return areBytesFast() && i32x4.extract_lane(
    dot(v128.load32_splat(OPERANDS), v128.load32_splat(OPERANDS, 4), i32x4.splat(0)),
    0,
  ) > 0;
}

/** `c + Σ w·x`, of four bytes each. */
// @ts-ignore: decorator
@inline
export function dot(w: v128, x: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, c);
  return unreachable();
}

/**
 * Sums of products of a tile of 5 rows and 8 columns.
 *
 * @param a Rows packed `[quads, 5, 4]`.
 * @param b Weights packed `[quads, 8, 4]`.
 * @param quads Fours of products of each sum; ≥ 1.
 * @param c Address of the sums.
 * @param isNext Whether they are added to those that are there.
 */
export function multiplyBytes(a: usize, b: usize, quads: i32, c: usize, isNext: bool): void {
  let c00 = i32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  if (isNext) {
    c00 = v128.load(c, 0);
    c01 = v128.load(c, 16);
    c10 = v128.load(c, 32);
    c11 = v128.load(c, 48);
    c20 = v128.load(c, 64);
    c21 = v128.load(c, 80);
    c30 = v128.load(c, 96);
    c31 = v128.load(c, 112);
    c40 = v128.load(c, 128);
    c41 = v128.load(c, 144);
  }
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
  v128.store(c, c00, 0);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
  v128.store(c, c40, 128);
  v128.store(c, c41, 144);
}

/**
 * Joins the sums of a tile: `16·(start + upper) + lower`.
 *
 * @param upper Sums of `w·h`, which become the result.
 * @param lower Sums of `w·l`.
 * @param starts −64 times the sums of the weights.
 */
export function joinSums(upper: usize, lower: usize, starts: usize): void {
  const start0 = v128.load(starts), start1 = v128.load(starts, 16);
  for (const end = upper + SUM_BYTES; upper < end; upper += 32, lower += 32) {
    const sum0 = i32x4.shl(i32x4.add(start0, v128.load(upper)), 4);
    const sum1 = i32x4.shl(i32x4.add(start1, v128.load(upper, 16)), 4);
    v128.store(upper, i32x4.add(sum0, v128.load(lower)));
    v128.store(upper, i32x4.add(sum1, v128.load(lower, 16)), 16);
  }
}

/** The result of one row and two panels side by side, `panelBytes` apart: `[16]`, as is the bias. */
export function multiplyRowOfBytes(
  a: usize, b: usize, panelBytes: usize, quads: i32, step: usize, bias: usize, c: usize,
): void {
  const all = b + <usize> quads * (TILE_COLUMNS * 4), low = <usize> quads * (TILE_ROWS * 4);
  let h0 = v128.load(all, 32), h1 = v128.load(all, 48);
  let i0 = v128.load(all + panelBytes, 32), i1 = v128.load(all + panelBytes, 48);
  let l0 = i32x4.splat(0), l1 = l0, m0 = l0, m1 = l0;
  for (let w = b; w < all; w += TILE_COLUMNS * 4, a += TILE_ROWS * 4) {
    const b0 = v128.load(w), b1 = v128.load(w, 16);
    const d0 = v128.load(w + panelBytes), d1 = v128.load(w + panelBytes, 16);
    const x = v128.load32_splat(a), y = v128.load32_splat(a + low);
    h0 = dot(b0, x, h0);
    h1 = dot(b1, x, h1);
    i0 = dot(d0, x, i0);
    i1 = dot(d1, x, i1);
    l0 = dot(b0, y, l0);
    l1 = dot(b1, y, l1);
    m0 = dot(d0, y, m0);
    m1 = dot(d1, y, m1);
  }
  storeRow(i32x4.add(i32x4.shl(h0, 4), l0), i32x4.add(i32x4.shl(h1, 4), l1), all, step, bias, c);
  const e = c + TILE_COLUMNS * 4, next = all + panelBytes, nextBias = bias + TILE_COLUMNS * 4;
  i0 = i32x4.add(i32x4.shl(i0, 4), m0);
  i1 = i32x4.add(i32x4.shl(i1, 4), m1);
  storeRow(i0, i1, next, step, nextBias, e);
}
