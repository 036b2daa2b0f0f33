import { parseJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** One file of a checkpoint, of which any range can be read. */
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
}

/** Where the files of a checkpoint come from: a folder, memory, a server. */
export interface CheckpointSource {
  /** Name for error messages, such as the folder's path. */
  readonly name: string;
  /**
   * Opens a file for reading.
   *
   * @param fileName A plain file name, or one in a folder: see {@linkcode assertPlainPath}.
   * @returns The file, or undefined if there is none of that name.
   */
  open(fileName: string): Promise<CheckpointFile | undefined>;
}

/** No text file of a checkpoint comes near this; a longer one is refused unread. */
const MAX_TEXT_BYTES = 100_000_000;

/**
 * Refuses file names that could lead out of a checkpoint's folder. Names inside index files
 * come from strangers, so only letters, digits, `_`, `-` and inner dots are allowed: no
 * slashes of either kind, no drive letters, no `..`.
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
 * Refuses paths that could lead out of a checkpoint's folder, as {@linkcode assertPlainFileName};
 * folders of a plain name may stand before the file's.
 *
 * @param path The path to check.
 * @throws {RangeError} If a part of it is not plain.
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
 * Reads a whole UTF-8 text file.
 *
 * @param source Where the file is.
 * @param fileName Its plain name.
 * @returns The text, or undefined if there is no such file.
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
  const file = await source.open(fileName);
  if (file === undefined) return undefined;
  if (file.size > MAX_TEXT_BYTES) {
    throw new RangeError(`${file.name} has ${file.size} bytes, at most ${MAX_TEXT_BYTES} are read`);
  }
  return decodeUtf8(await file.read(0, file.size), file.name);
}

/**
 * Reads a text file that holds a JSON object.
 *
 * @param source Where the file is.
 * @param fileName Its plain name.
 * @returns The object, or undefined if there is no such file.
 * @throws {SyntaxError} If it is no JSON object or has a key twice.
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
 * Decodes UTF-8 strictly: a broken sequence is an error, a byte order mark is kept.
 *
 * @param bytes The encoded text.
 * @param origin What it is, for the error message.
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
