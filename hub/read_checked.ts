import { type Download, readDownload } from "./download.ts";

/**
 * Downloads a whole file, and checks its hash if the server names one, as the hub does.
 *
 * @param download The file.
 * @returns Its bytes, in chunks.
 * @throws {RangeError | SyntaxError | Error} As {@linkcode readDownload}.
 * @throws {RangeError} After the last byte, if the hash does not match.
 */
export async function* readChecked(download: Download): AsyncGenerator<Uint8Array> {
  const chunks = readDownload(download, 0);
  if (download.metadata.digest === undefined) return yield* chunks;
  const { checkDigest } = await import("./check_digest.ts");
  yield* checkDigest(download, chunks);
}
