import { parseJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { readRange } from "./read_range.ts";

/** A file of a checkpoint that can be read in ranges. */
export interface CheckpointFile {
  /** Name for error messages. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads the bytes `start … end − 1`.
   *
   * @param start First byte, at least 0.
   * @param end Byte after the last, at most `size`.
   * @returns `end − start` bytes.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Whether each read returns memory of its own, so that its reader may free it. */
  readonly ownsReads?: boolean;
}

/** A source of a checkpoint's files: a folder, memory, a server. */
export interface CheckpointSource {
  /** Name for error messages, such as the folder's path. */
  readonly name: string;
  /** Commit or branch of the files, the commit once a file was read; absent if there is none. */
  readonly version?: string;
  /**
   * Opens a file for reading.
   *
   * @param fileName A plain file name, or a path of plain names: see {@linkcode assertPlainPath}.
   * @returns The file, or undefined if it does not exist.
   */
  open(fileName: string): Promise<CheckpointFile | undefined>;
  /**
   * Lists all files.
   *
   * @param under A folder whose files are wanted: others may be left out.
   * @returns The files by path, names separated by "/"; undefined if they cannot be listed, as on a
   * server. Absent: they cannot.
   */
  list?(under?: string): Promise<ReadonlyMap<string, CheckpointFile> | undefined>;
}

/** More than any text file of a checkpoint has; a longer file is refused without reading it. */
export const MAX_TEXT_BYTES = 100_000_000;

/**
 * Asserts that a file name cannot escape from a checkpoint's folder. Names in index files are
 * untrusted, so only letters, digits, `_`, `-` and inner dots are allowed: no slashes of either kind,
 * no drive letters, no `..`.
 *
 * @param fileName The name to check.
 * @throws {RangeError} If the name is not plain.
 *
 * @example
 * ```ts
 * import { assertPlainFileName } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * assertPlainFileName("model-00001-of-00002.safetensors");
 * assertThrows(() => assertPlainFileName("../secret"), RangeError);
 * ```
 */
export function assertPlainFileName(fileName: string): void {
  if (!/^\w[\w.-]*$/.test(fileName)) {
    throw new RangeError(
      `a file of a checkpoint must have a plain name (letters, digits, "_", "-", "."), ` +
        `got ${showValue(fileName)}`,
    );
  }
}

/**
 * Asserts that a path cannot escape from a checkpoint's folder: each of its components must be a
 * plain name, as in {@linkcode assertPlainFileName}.
 *
 * @param path The path to check.
 * @throws {RangeError} If a component is not plain.
 *
 * @example
 * ```ts
 * import { assertPlainPath } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * assertPlainPath("1_Pooling/config.json");
 * assertThrows(() => assertPlainPath("1_Pooling/../../secret"), RangeError);
 * ```
 */
export function assertPlainPath(path: string): void {
  path.split("/").forEach(assertPlainFileName);
}

/**
 * Reads a whole file of at most 100 MB.
 *
 * @param source The source of the file.
 * @param fileName Its plain name.
 * @returns The bytes, or undefined if the file does not exist.
 * @throws {RangeError} If the file is longer.
 *
 * @example
 * ```ts
 * import { MemorySource, readBytes } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new MemorySource({ "vocab.txt": "ab" });
 * assertEquals(await readBytes(source, "vocab.txt"), new Uint8Array([97, 98]));
 * ```
 */
export async function readBytes(
  source: CheckpointSource,
  fileName: string,
): Promise<Uint8Array | undefined> {
  const file = await source.open(fileName);
  if (file === undefined) return undefined;
  if (file.size > MAX_TEXT_BYTES) {
    throw new RangeError(
      `Cannot read ${file.name}: got ${file.size} bytes, wanted at most ${MAX_TEXT_BYTES}`,
    );
  }
  return await readRange(file, 0, file.size);
}

/**
 * Reads a whole UTF-8 text file.
 *
 * @param source The source of the file.
 * @param fileName Its plain name.
 * @returns The text, or undefined if the file does not exist.
 * @throws {RangeError} If the file is longer than 100 MB.
 * @throws {SyntaxError} If it is not UTF-8.
 *
 * @example
 * ```ts
 * import { MemorySource, readText } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new MemorySource({ "vocab.txt": "a\nb" });
 * assertEquals(await readText(source, "vocab.txt"), "a\nb");
 * assertEquals(await readText(source, "merges.txt"), undefined);
 * ```
 */
export async function readText(
  source: CheckpointSource,
  fileName: string,
): Promise<string | undefined> {
  const bytes = await readBytes(source, fileName);
  return bytes && decodeUtf8(bytes, `${source.name}/${fileName}`);
}

/**
 * Reads a text file that holds a JSON object.
 *
 * @param source The source of the file.
 * @param fileName Its plain name.
 * @returns The object, or undefined if the file does not exist.
 * @throws {SyntaxError} If it is not a JSON object, or has a duplicate key.
 *
 * @example
 * ```ts
 * import { MemorySource, readJsonObject } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new MemorySource({ "config.json": '{"hidden_size": 8}' });
 * assertEquals(await readJsonObject(source, "config.json"), { hidden_size: 8 });
 * ```
 */
export async function readJsonObject(
  source: CheckpointSource,
  fileName: string,
): Promise<Record<string, unknown> | undefined> {
  const text = await readText(source, fileName);
  return text === undefined ? undefined : parseJsonObject(text, `${source.name}/${fileName}`);
}

/**
 * Decodes UTF-8 strictly: an invalid sequence is an error, a byte order mark is kept.
 *
 * @param bytes The encoded text.
 * @param origin The name of the text, for the error message.
 * @returns The text.
 * @throws {SyntaxError} If the bytes are not UTF-8.
 *
 * @example
 * ```ts
 * import { decodeUtf8 } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => decodeUtf8(new Uint8Array([0xff]), "vocab.txt"), SyntaxError);
 * ```
 */
export function decodeUtf8(bytes: Uint8Array, origin: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SyntaxError(`${origin} is not UTF-8`, { cause });
  }
}
