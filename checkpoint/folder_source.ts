import { listFiles, openFile } from "./disk.ts";
import { assertPlainPath, type CheckpointFile, type CheckpointSource } from "./source.ts";

/**
 * A checkpoint in a folder of the local disk, in Deno and Node.
 *
 * Only plain names are opened, so that a name in an index file cannot escape from the folder.
 * Symbolic links are followed: the cache of Hugging Face's own tools consists of them, and creating
 * one requires write access to the folder.
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
   * Creates a source; nothing is read yet.
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
   * @returns The file, or undefined if it does not exist.
   * @throws {RangeError} If the name is not plain.
   */
  async open(fileName: string): Promise<CheckpointFile | undefined> {
    assertPlainPath(fileName);
    return await openFile(`${this.name}/${fileName}`);
  }

  /**
   * Lists the files in the folder and in folders below it. Links to files are followed, links to
   * folders are not, and hidden files are left out.
   *
   * @param under A folder in it, below which alone is looked; absent: everywhere.
   * @returns The files by path, names separated by "/".
   */
  async list(under?: string): Promise<ReadonlyMap<string, CheckpointFile>> {
    const files = new Map<string, CheckpointFile>();
    const paths = under === undefined
      ? await listFiles(this.name)
      : (await listFiles(`${this.name}/${under}`)).map((path) => `${under}/${path}`);
    for (const path of paths) {
      const file = await openFile(`${this.name}/${path}`);
      if (file) files.set(path, file);
    }
    return files;
  }
}
