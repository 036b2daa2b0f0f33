/** Dropout; see cpu/dropout.ts. */
import { DropoutArguments } from "./arguments";
import { share } from "./turns";

const STEP: i32 = 0x9e3779b9;

/** Threads share the values, in whole vectors. */
export function dropout(args: DropoutArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, y = args.y, key = args.key, threshold = args.threshold, factor = args.factor;
  const vectors = (args.count + 3) / 4;
  const last = min(args.count, 4 * share(vectors, thread + 1, threads));
  let i = 4 * share(vectors, thread, threads);
  let state = i32x4.add(
    i32x4.splat(key + i * STEP), i32x4.mul(i32x4(1, 2, 3, 4), i32x4.splat(STEP)),
  );
  const step = i32x4.splat(4 * STEP);
  for (; i + 4 <= last; i += 4) {
    const kept = i32x4.ge_u(mix(state), i32x4.splat(threshold));
    const scaled = f32x4.mul(v128.load(x + (<usize> i << 2)), f32x4.splat(factor));
    v128.store(y + (<usize> i << 2), v128.and(scaled, kept));
    state = i32x4.add(state, step);
  }
  for (; i < last; i++) {
    const word = <u32> i32x4.extract_lane(mix(i32x4.splat(key + (i + 1) * STEP)), 0);
    const scaled = load<f32>(x + (<usize> i << 2)) * factor;
    store<f32>(y + (<usize> i << 2), word < <u32> threshold ? 0 : scaled);
  }
}

/** A key of its own for each number; see tensor/counter_words.ts. */
export function subkey(key: i32, number: i32): i32 {
  return i32x4.extract_lane(mix(i32x4.splat(key + number * STEP)), 0);
}

/**
 * What multiplies the weights of an entry, four queries side by side: 0, or the factor.
 *
 * @param keys The queries' keys.
 * @param entry Number of the entry.
 */
// @ts-ignore: decorator
@inline
export function keptFactors(keys: v128, entry: i32, threshold: v128, factor: v128): v128 {
  const words = mix(i32x4.add(keys, i32x4.splat((entry + 1) * STEP)));
  return v128.and(i32x4.ge_u(words, threshold), factor);
}

/** The finaliser of MurmurHash3, of four words. */
// @ts-ignore: decorator
@inline
export function mix(word: v128): v128 {
  word = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 16)), i32x4.splat(0x85ebca6b));
  word = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(word, i32x4.shr_u(word, 16));
}
