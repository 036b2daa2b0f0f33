/**
 * Lines of large files, read in parts.
 *
 * @module
 */
import type { CheckpointFile } from "../checkpoint/source.ts";

/** Bytes that are read at once. */
const CHUNK_BYTES = 2 ** 20;

/** Longest line that is held: the largest request of a server has half of it. */
export const LONGEST_LINE = 2 ** 26;

/** A line of a file. */
export interface FileLine {
  /** Its number, from 1. */
  readonly line: number;
  /** Its bytes without the line break; absent if they are more than {@linkcode LONGEST_LINE}. */
  readonly bytes?: Uint8Array;
  /** Where the line ends, behind the line break. */
  readonly end: number;
}

/** A part of a file that begins and ends with lines. */
export interface LineRange {
  /** Where it begins. */
  readonly at: number;
  /** Its length. */
  readonly bytes: number;
  /** Number of the first line. */
  readonly line: number;
}

/**
 * Reads the lines of a part of a file. Blank ones are left out.
 *
 * @param file The file.
 * @param range The part.
 * @param onBytes Called with the bytes as they are read, in order; absent: nobody wants them.
 * @param longest Longest line that is held.
 * @returns The lines.
 */
export async function* readLines(
  file: CheckpointFile,
  { at, bytes, line }: LineRange,
  onBytes: (bytes: Uint8Array) => void = () => {},
  longest = LONGEST_LINE,
): AsyncGenerator<FileLine> {
  const end = at + bytes;
  let held: Uint8Array[] = [];
  let length = 0;
  const hold = (part: Uint8Array) => {
    length += part.length;
    if (length > longest) held = [];
    else held.push(part);
  };
  const take = (position: number): FileLine | undefined => {
    const isLong = length > longest;
    const bytes = isLong ? undefined : held.length === 1 ? held[0] : join(held, length);
    [held, length] = [[], 0];
    const number = line++;
    if (bytes !== undefined && isBlank(bytes)) return undefined;
    return { line: number, bytes, end: position };
  };
  for (let position = at; position < end;) {
    const chunk = await file.read(position, Math.min(position + CHUNK_BYTES, end));
    onBytes(chunk);
    let start = 0;
    for (let found = chunk.indexOf(10); found >= 0; found = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, found));
      start = found + 1;
      const taken = take(position + start);
      if (taken) yield taken;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
    position += chunk.length;
  }
  const last = length > 0 ? take(end) : undefined;
  if (last) yield last;
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Whether there is nothing but spaces, tabs and carriage returns. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
