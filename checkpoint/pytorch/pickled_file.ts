import type { Storage } from "./storage.ts";

/** A file of PyTorch whose pickle has been read. */
export interface PickledFile {
  /** What the pickle holds. */
  readonly root: unknown;
  /**
   * Checks what lies in front of a storage's elements, and says where they are.
   *
   * @param storage A storage that the pickle refers to.
   * @returns Position of its first byte in the file.
   */
  locate(storage: Storage): Promise<number>;
}
