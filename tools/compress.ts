/**
 * Gzip as small as it gets, by Zopfli, for what is compressed once and downloaded often.
 *
 * @module
 */
import zopfli from "@gfx/zopfli";

/**
 * Compresses bytes.
 *
 * @param bytes The bytes.
 * @returns A gzip file, some 3 to 7 % smaller than the runtime's.
 */
export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    zopfli.gzip(
      bytes,
      { numiterations: 15 },
      (error: unknown, output: Uint8Array | undefined) => output ? resolve(output) : reject(error),
    )
  );
}
