/** Peak speed of the machine: multiply-adds in registers, nothing else. */
import { multiplyAdd } from "./tile";

/**
 * Runs `12·iterations` multiply-adds of 4 values, in 12 independent chains so that none waits for
 * another.
 *
 * @param iterations Number of iterations.
 * @param x Any number; not known when the kernels are compiled, so that it stays in a register.
 * @returns A sum of all, so that nothing is optimised away.
 */
export function probe(iterations: i32, x: f32): f32 {
  const factor = f32x4.splat(x), term = f32x4.splat(x + 1);
  let a = f32x4.splat(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
  for (let n = 0; n < iterations; n++) {
    a = multiplyAdd(factor, term, a);
    b = multiplyAdd(factor, term, b);
    c = multiplyAdd(factor, term, c);
    d = multiplyAdd(factor, term, d);
    e = multiplyAdd(factor, term, e);
    f = multiplyAdd(factor, term, f);
    g = multiplyAdd(factor, term, g);
    h = multiplyAdd(factor, term, h);
    i = multiplyAdd(factor, term, i);
    j = multiplyAdd(factor, term, j);
    k = multiplyAdd(factor, term, k);
    l = multiplyAdd(factor, term, l);
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(a, b), f32x4.add(c, d)),
    f32x4.add(f32x4.add(f32x4.add(e, f), f32x4.add(g, h)), f32x4.add(f32x4.add(i, j), f32x4.add(k, l))),
  );
  return f32x4.extract_lane(sum, 0);
}

/**
 * Reads memory from one end to the other, nothing else: the bandwidth of the machine.
 *
 * @param from Its address.
 * @param bytes Its size; a multiple of 128.
 * @returns A sum of all, so that nothing is optimised away.
 */
export function readThrough(from: usize, bytes: usize): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const end = from + bytes; from < end; from += 128) {
    a = v128.xor(a, v128.xor(v128.load(from), v128.load(from, 64)));
    b = v128.xor(b, v128.xor(v128.load(from, 16), v128.load(from, 80)));
    c = v128.xor(c, v128.xor(v128.load(from, 32), v128.load(from, 96)));
    d = v128.xor(d, v128.xor(v128.load(from, 48), v128.load(from, 112)));
  }
  return i32x4.extract_lane(v128.xor(v128.xor(a, b), v128.xor(c, d)), 0);
}
