/**
 * Records of a text file, read in any order.
 *
 * @module
 */
import { showName } from "../../base/show_value.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";

/** Most bytes of a record: a hostile file of one line must not exhaust memory. */
export const MAX_RECORD_BYTES = 2 ** 26;

/** Bytes that are read at once while records are counted. */
const CHUNK_BYTES = 2 ** 22;

const [TAB, NEWLINE, RETURN, SPACE, QUOTE] = [9, 10, 13, 32, 34];

/** A file's records: one pass over its bytes finds where each begins; only texts asked for are kept. */
export class RecordFile {
  /** The file's name. */
  readonly name: string;
  /** The file. */
  readonly #file: CheckpointFile;
  /** First byte, byte behind the last, first line of each record, one after the other. */
  readonly #places: readonly number[];

  private constructor(
    file: CheckpointFile,
    places: readonly number[],
  ) {
    this.name = file.name;
    this.#file = file;
    this.#places = places;
  }

  /**
   * Finds the records of a file; blank lines are none.
   *
   * @param file The file, in UTF-8.
   * @param hasQuotes Whether a record goes on behind a line's end that is in double quotes.
   * @returns The records.
   * @throws {SyntaxError} If the file is in UTF-16, or a quote is not closed.
   * @throws {RangeError} If a record is longer than 64 MiB.
   */
  static async open(file: CheckpointFile, hasQuotes: boolean): Promise<RecordFile> {
    const places: number[] = [];
    const first = await file.read(0, Math.min(3, file.size));
    if (first.length > 1 && (first[0] ^ first[1]) === 1 && first[0] >= 0xfe) {
      throw new SyntaxError(`Cannot read ${file.name}: it is in UTF-16, wanted UTF-8`);
    }
    const hasMark = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf;
    let start = hasMark ? 3 : 0;
    let [line, firstLine] = [1, 1];
    let [isBlank, isQuoted] = [true, false];
    const end = (at: number) => {
      if (at - start > MAX_RECORD_BYTES) {
        throw new RangeError(
          `Cannot read ${file.name}:${firstLine}: it has more than ${MAX_RECORD_BYTES} bytes`,
        );
      }
    };
    for (let from = start; from < file.size; from += CHUNK_BYTES) {
      const bytes = await file.read(from, Math.min(from + CHUNK_BYTES, file.size));
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i];
        if (byte === NEWLINE) {
          line++;
          if (isQuoted) continue;
          end(from + i);
          if (!isBlank) places.push(start, from + i, firstLine);
          [start, firstLine, isBlank] = [from + i + 1, line, true];
        } else if (byte !== RETURN && byte !== SPACE && byte !== TAB) {
          isBlank = false;
          if (hasQuotes && byte === QUOTE) isQuoted = !isQuoted;
        }
      }
      end(from + bytes.length);
    }
    if (isQuoted) {
      throw new SyntaxError(`Cannot read ${file.name}:${firstLine}: a quote is not closed`);
    }
    if (!isBlank) places.push(start, file.size, firstLine);
    return new RecordFile(file, places);
  }

  /** Number of records. */
  get length(): number {
    return this.#places.length / 3;
  }

  /** Bytes of a record. */
  sizeOf(index: number): number {
    const [start, end] = this.#placeOf(index);
    return end - start;
  }

  /** The name of the file and the first line of a record, from 1. */
  whereOf(index: number): string {
    return `${showName(this.name)}:${this.#places[3 * index + 2]}`;
  }

  /**
   * Reads a record.
   *
   * @param index Its index.
   * @returns Its text, without the line's end.
   * @throws {SyntaxError} If it is not UTF-8.
   */
  async read(index: number): Promise<string> {
    const [start, end] = this.#placeOf(index);
    const bytes = await this.#file.read(start, end);
    const length = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes.subarray(0, length));
    } catch (cause) {
      throw new SyntaxError(`Cannot read ${this.whereOf(index)}: it is not UTF-8`, { cause });
    }
  }

  #placeOf(index: number): [number, number] {
    return [this.#places[3 * index], this.#places[3 * index + 1]];
  }
}
