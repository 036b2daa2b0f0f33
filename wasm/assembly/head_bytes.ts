/** Rows of keys and values in 8 bits: the integers of each head, padded with zeros, then all steps. */

/** Values of a head with the zeros behind it; equals that of wasm/machine/bytes.ts. */
// @ts-ignore: decorator
@inline
export function paddedHead(width: i32): i32 {
  return width + 15 & ~15;
}

/** Bytes of a row; equals that of wasm/machine/bytes.ts. */
// @ts-ignore: decorator
@inline
export function byteRow(heads: i32, width: i32): usize {
  return <usize> (heads * (paddedHead(width) + 4) + 63 & ~63);
}

/** Copies a head, less a mean, and zeros behind it. */
export function copyHead(from: usize, mean: usize, width: i32, to: usize): void {
  const end = to + (width << 2), all = to + (paddedHead(width) << 2);
  for (; to + 16 <= end; from += 16, mean += 16, to += 16) {
    v128.store(to, f32x4.sub(v128.load(from), v128.load(mean)));
  }
  for (; to < end; from += 4, mean += 4, to += 4) store<f32>(to, load<f32>(from) - load<f32>(mean));
  for (; to < all; to += 4) store<f32>(to, 0);
}
