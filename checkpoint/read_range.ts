/** A file that is read in ranges. */
interface RangedFile {
  readonly name: string;
  read(start: number, end: number): Promise<Uint8Array>;
  readonly ownsReads?: boolean;
}

/**
 * Reads the bytes `start … end − 1` of a file, which may come from a source of the user's own.
 *
 * @param file The file.
 * @param start First byte.
 * @param end Byte after the last.
 * @returns `end − start` bytes.
 * @throws {RangeError} If the file returns fewer or more.
 */
export async function readRange(
  file: RangedFile,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const bytes = await file.read(start, end);
  if (bytes?.length === end - start) return bytes;
  throw new RangeError(
    `Cannot read bytes ${start} to ${end} of ${file.name}: got ${bytes?.length ?? "no"} bytes, ` +
      `wanted ${end - start}`,
  );
}

/**
 * Frees what {@linkcode readRange} returned at once, where the engine can, instead of when it next
 * looks for garbage; nothing if the file does not own its reads.
 *
 * @param file The file.
 * @param values A view of the bytes; nobody may use it afterwards.
 */
export function freeRead({ ownsReads }: RangedFile, { buffer }: ArrayBufferView): void {
  if (ownsReads && buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}
