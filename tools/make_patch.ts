/**
 * Makes the patches that wasm/machine/patch.ts applies.
 *
 * @module
 */

/** Bytes that are looked up at once. */
const KEY = 6;

/** Fewest bytes of the base that are worth a piece. */
const LEAST = 8;

/** Most places of the base that are tried. */
const MOST_TRIED = 64;

/**
 * Describes bytes by what they have in common with others.
 *
 * @param base The others.
 * @param bytes The bytes.
 * @returns What `applyPatch` makes the bytes of.
 */
export function makePatch(base: Uint8Array, bytes: Uint8Array): Uint8Array {
  const places = new Map<string, number[]>();
  const keyOf = (from: Uint8Array, at: number) => String(from.subarray(at, at + KEY));
  for (let at = 0; at + KEY <= base.length; at++) {
    const key = keyOf(base, at);
    places.set(key, [...places.get(key) ?? [], at]);
  }
  const patch = unsigned(bytes.length);
  let own: number[] = [];
  let last = 0;
  const add = (from: number, copied: number) => {
    patch.push(...unsigned(own.length), ...own, ...signed(from - last), ...unsigned(copied));
    own = [];
    last = from + copied;
  };
  for (let at = 0; at < bytes.length;) {
    let [best, length] = [0, 0];
    const near = [...places.get(keyOf(bytes, at)) ?? []]
      .sort((a, b) => Math.abs(a - last) - Math.abs(b - last));
    for (const place of near.slice(0, MOST_TRIED)) {
      let same = 0;
      while (at + same < bytes.length && base[place + same] === bytes[at + same]) same++;
      if (same > length) [best, length] = [place, same];
    }
    if (length < LEAST) {
      own.push(bytes[at++]);
      continue;
    }
    add(best, length);
    at += length;
  }
  if (own.length > 0) add(last, 0);
  return Uint8Array.from(patch);
}

/** An unsigned integer as LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return unsigned(value < 0 ? -2 * value - 1 : 2 * value);
}
