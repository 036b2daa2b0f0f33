/** The rotation of blocks before they are rounded to 8 bits; see cpu/hadamard.ts. */

/** The most vectors that are mixed with each other. */
const MOST_VECTORS: i32 = 64;

/**
 * The sign bits of the vectors of a group. A constant of the module: what a thread writes here, the
 * next thread to start writes again.
 */
const F: u32 = 0x80000000;
// deno-fmt-ignore
const SIGNS = memory.data<u32>([
  0, 0, 0, F, 0, 0, 0, F, 0, 0, 0, F, F, F, F, 0,
  0, 0, 0, F, 0, 0, 0, F, 0, 0, 0, F, F, F, F, 0,
  0, 0, 0, F, 0, 0, 0, F, 0, 0, 0, F, F, F, F, 0,
  F, F, F, 0, F, F, F, 0, F, F, F, 0, 0, 0, 0, F,
]);

/** Vectors that are mixed with each other in a block. */
// @ts-ignore: decorator
@inline
export function groupOf(depth: i32): i32 {
  return min(MOST_VECTORS, 1 << ctz(depth >> 2));
}

/** Rotates a block of `depth` values, a multiple of 64; `from` and `to` may be the same. */
export function hadamard(from: usize, to: usize, depth: i32): void {
  const group = groupOf(depth);
  firstButterflies(from, to, depth, group, true);
  otherButterflies(to, depth, group);
}

/** Rotates back, in place: `group` times what was rotated. */
export function inverseHadamard(x: usize, depth: i32): void {
  const group = groupOf(depth), mask = <usize> group * 16 - 1;
  firstButterflies(x, x, depth, group, false);
  otherButterflies(x, depth, group);
  for (let i: usize = 0, bytes = <usize> depth << 2; i < bytes; i += 16) {
    v128.store(x + i, v128.xor(v128.load(x + i), v128.load32_splat(SIGNS + ((i & mask) >> 2))));
  }
}

/** Signs, if wanted, then butterflies between vectors whose numbers differ in bits 0 to 2. */
function firstButterflies(from: usize, to: usize, depth: i32, group: i32, isSigned: bool): void {
  const bytes = <usize> depth << 2, mask = <usize> group * 16 - 1;
  for (let i: usize = 0; i < bytes; i += 128) {
    mixEight(from + i, to + i, 16, isSigned ? SIGNS + ((i & mask) >> 2) : 0);
  }
}

/** Butterflies between vectors whose numbers differ in a higher bit. */
function otherButterflies(x: usize, depth: i32, group: i32): void {
  const end = x + (<usize> depth << 2);
  if (group == MOST_VECTORS) {
    for (; x < end; x += 1024) {
      for (let i: usize = 0; i < 128; i += 16) mixEight(x + i, x + i, 128, 0);
    }
    return;
  }
  for (let distance: usize = 128; distance < <usize> group * 16; distance *= 2) {
    for (let first = x; first < end; first += 2 * distance) {
      for (let p = first; p < first + distance; p += 16) {
        const a = v128.load(p), b = v128.load(p + distance);
        v128.store(p, f32x4.add(a, b));
        v128.store(p + distance, f32x4.sub(a, b));
      }
    }
  }
}

/** Three bits' butterflies of eight vectors, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function mixEight(from: usize, to: usize, stride: usize, signs: usize): void {
  let a = v128.load(from), b = v128.load(from + stride);
  let c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
  let e = v128.load(from + 4 * stride), f = v128.load(from + 5 * stride);
  let g = v128.load(from + 6 * stride), h = v128.load(from + 7 * stride);
  if (signs) {
    a = v128.xor(a, v128.load32_splat(signs));
    b = v128.xor(b, v128.load32_splat(signs, 4));
    c = v128.xor(c, v128.load32_splat(signs, 8));
    d = v128.xor(d, v128.load32_splat(signs, 12));
    e = v128.xor(e, v128.load32_splat(signs, 16));
    f = v128.xor(f, v128.load32_splat(signs, 20));
    g = v128.xor(g, v128.load32_splat(signs, 24));
    h = v128.xor(h, v128.load32_splat(signs, 28));
  }
  const a1 = f32x4.add(a, b), b1 = f32x4.sub(a, b), c1 = f32x4.add(c, d), d1 = f32x4.sub(c, d);
  const e1 = f32x4.add(e, f), f1 = f32x4.sub(e, f), g1 = f32x4.add(g, h), h1 = f32x4.sub(g, h);
  const a2 = f32x4.add(a1, c1), c2 = f32x4.sub(a1, c1);
  const b2 = f32x4.add(b1, d1), d2 = f32x4.sub(b1, d1);
  const e2 = f32x4.add(e1, g1), g2 = f32x4.sub(e1, g1);
  const f2 = f32x4.add(f1, h1), h2 = f32x4.sub(f1, h1);
  v128.store(to, f32x4.add(a2, e2));
  v128.store(to + stride, f32x4.add(b2, f2));
  v128.store(to + 2 * stride, f32x4.add(c2, g2));
  v128.store(to + 3 * stride, f32x4.add(d2, h2));
  v128.store(to + 4 * stride, f32x4.sub(a2, e2));
  v128.store(to + 5 * stride, f32x4.sub(b2, f2));
  v128.store(to + 6 * stride, f32x4.sub(c2, g2));
  v128.store(to + 7 * stride, f32x4.sub(d2, h2));
}
