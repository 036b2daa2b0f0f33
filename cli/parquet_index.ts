/**
 * Indexes in Parquet.
 *
 * @module
 */
import type { FileMetaData } from "hyparquet";
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { showName, showNames } from "../base/show_value.ts";
import { openFile } from "../checkpoint/disk.ts";
import { openParquetFile, readParquetRows } from "../tables/parquet_reader.ts";
import { type Encoder, parseEncoder } from "./encoder.ts";
import { METADATA_KEY } from "./embedding_table.ts";
import { withReason } from "./file_errors.ts";
import { checkRow, checkVector, type IndexFile } from "./index_row.ts";

/** Columns that are read, if they are there. */
const COLUMNS = ["id", "start", "end", "text", "embedding"];

/**
 * Opens an index in Parquet with columns `id` and `embedding`, and `start`, `end`, `text` if there
 * are such.
 *
 * @param path The file.
 * @returns The index.
 * @throws {SyntaxError} If it is not a Parquet file.
 * @throws {RangeError} If it has other columns only.
 */
export async function openParquet(path: string): Promise<IndexFile> {
  const opened = await withReason("read", path, openFile(path));
  if (opened === undefined) {
    throw new RangeError(`Cannot read ${showName(path)}: there is no such file`);
  }
  const table = await openParquetFile(opened);
  const { metadata, columns } = table;
  if (!columns.includes("id") || !columns.includes("embedding")) {
    throw new RangeError(
      `Cannot search ${showName(path)}: wanted columns id and embedding, got ${showNames(columns)}`,
    );
  }
  return {
    encoder: encoderOf(metadata, path),
    rows: async function* () {
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        const wanted = COLUMNS.filter((name) => columns.includes(name));
        const rows = await readParquetRows(path, table, { columns: wanted, rowStart, rowEnd });
        for (const [i, row] of rows.entries()) {
          const where = `row ${rowStart + i + 1} of ${path}`;
          yield { ...checkRow(where, row), vector: checkVector(where, row.embedding) };
        }
        rowStart = rowEnd;
      }
      if (rowStart === 0) throw new RangeError(`Cannot search ${showName(path)}: it is empty`);
    },
  };
}

function encoderOf({ key_value_metadata }: FileMetaData, path: string): Encoder | undefined {
  const text = key_value_metadata?.find(({ key }) => key === METADATA_KEY)?.value;
  if (text === undefined) return undefined;
  const where = `the metadata of ${path}`;
  const value = parseJsonObject(text, where);
  return parseEncoder(isJsonObject(value) ? value.encoder : undefined, where);
}
