import { openFile } from "./disk.ts";
import { assertPlainPath, type CheckpointFile, type CheckpointSource } from "./source.ts";

/**
 * A checkpoint in a folder of the local disk, in Deno and Node.
 *
 * Only plain names are opened, so none inside an index file leads out of the folder.
 * Symbolic links are followed: the cache of the Hugging Face hub consists of them, and only
 * who can write to the folder can make one.
 *
 * @example
 * ```ts
 * import { FolderSource } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new FolderSource("no/such/folder");
 * assertEquals(await source.open("config.json"), undefined);
 * ```
 */
export class FolderSource implements CheckpointSource {
  /** The folder's path. */
  readonly name: string;

  /**
   * Names the folder; nothing is read yet.
   *
   * @param folder Path of the folder.
   */
  constructor(folder: string) {
    this.name = folder;
  }

  /**
   * Opens a file.
   *
   * @param fileName A plain file name.
   * @returns The file, or undefined if there is none of that name.
   * @throws {RangeError} If the name is not plain.
   */
  async open(fileName: string): Promise<CheckpointFile | undefined> {
    assertPlainPath(fileName);
    return await openFile(`${this.name}/${fileName}`);
  }
}
