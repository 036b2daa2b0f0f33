/** A file that is read in ranges. */
interface RangedFile {
  readonly name: string;
  read(start: number, end: number): Promise<Uint8Array>;
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
 * Frees what a file read at once, where the engine can, instead of when it next looks for garbage.
 *
 * @param values A view of what {@linkcode readRange} returned for a file that owns its reads; nobody
 * may use it afterwards.
 */
export function freeRead({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}
