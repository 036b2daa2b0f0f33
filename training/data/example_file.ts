/**
 * A file of examples: read when they are needed, in any order, as often as needed.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import { openFile } from "../../checkpoint/disk.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";
import { hasFileSystem } from "../../hub/env.ts";
import { pathOfUrl } from "../../hub/file_url.ts";
import { namePermission } from "../../hub/permissions.ts";
import type { Example, Examples } from "./example.ts";

/**
 * A file of examples. Only where each of them begins is kept in memory.
 *
 * @example A format of your own: a text a line
 * ```ts
 * import { ExampleFile, openExamples } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new ExampleFile(new Blob(["It rained.\nIt snowed."]), async ({ size, read }) => {
 *   const lines = new TextDecoder().decode(await read(0, size)).split("\n");
 *   return await openExamples(lines.map((text) => ({ text })));
 * });
 * const texts: unknown[] = [];
 * for await (const { text } of file) texts.push(text);
 * assertEquals(texts, ["It rained.", "It snowed."]);
 * ```
 */
export class ExampleFile implements AsyncIterable<Example> {
  readonly #file: string | URL | Blob;
  readonly #read: (file: CheckpointFile) => Promise<Examples>;
  #opened: Promise<Examples> | undefined;

  /**
   * Names a file; nothing is read yet.
   *
   * @param file A path, a `file:` URL, or a file that a user chose in a page.
   * @param read Finds its examples; called when they are first read.
   * @throws {TypeError} If it is not a string, a URL or a Blob.
   */
  constructor(file: string | URL | Blob, read: (file: CheckpointFile) => Promise<Examples>) {
    if (typeof file !== "string" && !(file instanceof URL) && !(file instanceof Blob)) {
      throw new TypeError(`Cannot read examples from ${showValue(file)}: wanted a path or a Blob`);
    }
    this.#file = file;
    this.#read = read;
  }

  /**
   * Finds the examples in the file, once.
   *
   * @returns The examples.
   * @throws {RangeError} If there is no such file, or nothing can read it here.
   * @throws {SyntaxError} If it is malformed.
   */
  open(): Promise<Examples> {
    return this.#opened ??= openAny(this.#file).then(this.#read).catch((error) => {
      this.#opened = undefined;
      throw error;
    });
  }

  /** Reads the examples in the file's order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Example> {
    const examples = await this.open();
    for (let i = 0; i < examples.length; i++) yield (await examples.at(i)).value;
  }
}

async function openAny(file: string | URL | Blob): Promise<CheckpointFile> {
  if (file instanceof Blob) {
    return {
      name: "name" in file ? String(file.name) : "the Blob",
      size: file.size,
      read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
    };
  }
  if (!hasFileSystem()) {
    throw new RangeError(`Cannot read ${file}: there is no file system here; wanted a Blob`);
  }
  const path = file instanceof URL && file.protocol === "file:" ? pathOfUrl(file.href) : file;
  if (typeof path !== "string") throw new RangeError(`Cannot read ${file}: wanted file:///path`);
  const opened = await openFile(path).catch((error) => {
    throw namePermission(error, `read ${path}`, `--allow-read=${path}`);
  });
  if (opened) return opened;
  throw new RangeError(`Cannot read ${showValue(path)}: there is no such file`);
}
