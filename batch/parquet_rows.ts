/**
 * Documents in Parquet files.
 *
 * @module
 */
import { compressors } from "hyparquet-compressors";
import { nodeModule } from "../base/node_module.ts";
import { showName, showNames } from "../base/show_value.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import {
  openParquetFile,
  type ParquetFile,
  readFooter,
  readParquetRows,
} from "../tables/parquet_reader.ts";
import { InputChangedError } from "./errors.ts";
import type { ShardPart } from "./line_shards.ts";
import type { ShardRows } from "./shard.ts";

/**
 * Cuts a Parquet file.
 *
 * @param file The file.
 * @param most Most documents of a shard.
 * @param columns Columns that it must have.
 * @returns The shards.
 * @throws {SyntaxError} If it is not a Parquet file.
 * @throws {RangeError} If it lacks a column.
 */
export async function cutRows(
  file: CheckpointFile,
  most: number,
  columns: readonly string[],
): Promise<ShardPart[]> {
  const opened = await openParquetFile(file);
  const { metadata, columns: names } = opened;
  const hash = await hashOf(opened);
  const missing = columns.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new RangeError(
      `Cannot read ${file.name}: there is no column ${showName(missing)}, wanted one of ` +
        showNames(names),
    );
  }
  const rows = Number(metadata.num_rows);
  return Array.from({ length: Math.ceil(rows / most) }, (_, i) => ({
    documents: Math.min(most, rows - i * most),
    rows: { row: i * most, hash },
  }));
}

/**
 * Reads rows of a Parquet file.
 *
 * @param file The file; undefined if there is none any more.
 * @param path Its path, for messages.
 * @param shard The rows.
 * @param columns The columns that are read, those that are there.
 * @returns The rows, as objects.
 * @throws {InputChangedError} If the file has changed since it was cut.
 */
export async function readRows(
  file: CheckpointFile | undefined,
  path: string,
  { rows: { row, hash }, documents }: { readonly rows: ShardRows; readonly documents: number },
  columns: readonly string[],
): Promise<Record<string, unknown>[]> {
  const opened = file && await openParquetFile(file).catch((error) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  if (opened === undefined || await hashOf(opened) !== hash) {
    throw new InputChangedError(
      `Cannot read rows ${row + 1} to ${row + documents} of ${path}: it has changed since the ` +
        "batch was planned; plan it again",
    );
  }
  const found = await readParquetRows(path, opened, {
    columns: columns.filter((name) => opened.columns.includes(name)),
    rowStart: row,
    rowEnd: row + documents,
    compressors,
    useOffsetIndex: true,
  });
  if (found.length === documents) return found;
  throw new SyntaxError(`Cannot read ${path}: wanted ${documents} rows, got ${found.length}`);
}

/**
 * Reads all rows of a Parquet file that fits the memory.
 *
 * @param name Its name, for messages.
 * @param bytes Its bytes.
 * @returns The rows, as objects.
 * @throws {SyntaxError} If it is malformed.
 */
export async function readAllRows(
  name: string,
  bytes: Uint8Array,
): Promise<Record<string, unknown>[]> {
  const read = (start: number, end: number) => Promise.resolve(bytes.slice(start, end));
  return await readParquetRows(name, await openParquetFile({ name, size: bytes.length, read }));
}

/** Hash of the footer, which tells where each column of each row group lies, and of the size. */
async function hashOf(opened: ParquetFile): Promise<string> {
  const hash = nodeModule("node:crypto").createHash("sha256");
  hash.update(`${opened.file.byteLength}\n`).update(await readFooter(opened));
  return hash.digest("hex");
}
