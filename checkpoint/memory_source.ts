import { showName } from "../base/show_value.ts";
import { assertPlainPath, type CheckpointFile, type CheckpointSource } from "./source.ts";

/**
 * A checkpoint whose files are in memory, such as files dropped on a page.
 *
 * @example
 * ```ts
 * import { MemorySource } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new MemorySource({ "data.bin": new Uint8Array([1, 2, 3]) });
 * const file = await source.open("data.bin");
 * assertEquals(await file?.read(1, 3), new Uint8Array([2, 3]));
 * ```
 */
export class MemorySource implements CheckpointSource {
  /** Name for error messages. */
  readonly name = "memory";
  readonly #files: Map<string, Uint8Array>;

  /**
   * Wraps the contents of files; bytes are not copied.
   *
   * @param files Contents by file name; text is encoded as UTF-8.
   */
  constructor(files: Record<string, string | Uint8Array>) {
    this.#files = new Map(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      ]),
    );
  }

  /**
   * Opens a file.
   *
   * @param fileName A plain file name.
   * @returns The file, or undefined if it does not exist.
   */
  open(fileName: string): Promise<CheckpointFile | undefined> {
    assertPlainPath(fileName);
    const bytes = this.#files.get(fileName);
    return Promise.resolve(bytes && this.#file(fileName, bytes));
  }

  /**
   * Lists all files.
   *
   * @returns The files by name.
   */
  list(): Promise<ReadonlyMap<string, CheckpointFile>> {
    const files = [...this.#files].map(([name, bytes]) => [name, this.#file(name, bytes)] as const);
    return Promise.resolve(new Map(files));
  }

  #file(name: string, bytes: Uint8Array): CheckpointFile {
    return {
      name: showName(`${this.name}/${name}`),
      size: bytes.length,
      // A copy of a Node Buffer, too, whose own slice() is none.
      read: (start: number, end: number) =>
        Promise.resolve(new Uint8Array(bytes.subarray(start, end))),
    };
  }
}
