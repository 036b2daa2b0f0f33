/**
 * Makes a build of the kernels of another one: they differ in few instructions, so that the package
 * holds one and the differences, which are made by tools/make_patch.ts.
 *
 * @module
 */

/**
 * Applies a patch.
 *
 * @param base The bytes that the patch refers to.
 * @param patch Integers as LEB128: the length of the result, then for each piece how many bytes of the
 * patch itself come next, these bytes, where the base goes on, counted from where the piece before
 * ended (signed: twice the distance, or twice the distance back less one), and how many bytes of it
 * follow.
 * @returns The result.
 */
export function applyPatch(base: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = patch[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const result = new Uint8Array(read());
  for (let to = 0, from = 0; at < patch.length;) {
    const own = read();
    result.set(patch.subarray(at, at += own), to);
    to += own;
    const distance = read();
    from += distance & 1 ? -(distance + 1 >> 1) : distance >> 1;
    const copied = read();
    result.set(base.subarray(from, from += copied), to);
    to += copied;
  }
  return result;
}
