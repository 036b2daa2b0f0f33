/**
 * Files of embeddings that a search reads.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";
import { needPackages } from "../base/need_packages.ts";
import type { IndexFile } from "./index_row.ts";

/** Readers by the end of a file's name; each is loaded when it is needed. */
const READERS: readonly (readonly [end: RegExp, open: (path: string) => Promise<IndexFile>])[] = [
  [/\.(jsonl|ndjson)$/i, async (path) => (await import("./jsonl_index.ts")).openJsonl(path)],
  [/\.npy$/i, async (path) => (await import("./npy_index.ts")).openNpy(path)],
  [/\.parquet$/i, async (path) => {
    const { openParquet } = await needPackages(
      "Parquet",
      ["hyparquet"],
      import("./parquet_index.ts"),
    );
    return await openParquet(path);
  }],
];

/**
 * Opens an index.
 *
 * @param path The file.
 * @returns The index.
 * @throws {UsageError} If no format has the end of its name.
 * @throws {Error} If it cannot be read, or is malformed.
 */
export async function openIndex(path: string): Promise<IndexFile> {
  const reader = READERS.find(([end]) => end.test(path));
  if (reader) return await reader[1](path);
  throw new UsageError(
    `Cannot search ${path}: wanted a file that lsg encode -o has written, .jsonl, .parquet or .npy`,
  );
}
