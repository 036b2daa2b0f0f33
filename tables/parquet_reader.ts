/**
 * Parquet files of others.
 *
 * @module
 */
import {
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetParsers,
  parquetReadObjects,
  type ParquetReadOptions,
} from "hyparquet";
import { showName } from "../base/show_value.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";

/** Longest footer; those of files with a hundred thousand row groups are shorter. */
const LONGEST_FOOTER = 2 ** 28;

/** Keeps U+FEFF, which a text may begin with, as Python does. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that are not UTF-8 stay bytes, so that whoever wants a text can refuse those of one row. */
const PARSERS: Partial<ParquetParsers> = {
  stringFromBytes: textOf,
  jsonFromBytes: (bytes) => bytes && JSON.parse(UTF_8.decode(bytes)),
};

/** A Parquet file. */
export interface ParquetFile {
  /** Its bytes, as hyparquet wants them. */
  readonly file: {
    readonly byteLength: number;
    slice(start: number, end?: number): Promise<ArrayBuffer>;
  };
  /** Its row groups and columns. */
  readonly metadata: FileMetaData;
  /** Names of its columns; those of nested ones are the outermost. */
  readonly columns: readonly string[];
}

/**
 * Opens a Parquet file.
 *
 * @param opened The file.
 * @returns What its footer says.
 * @throws {SyntaxError} If it is no Parquet file, or its numbers of rows contradict each other.
 */
export async function openParquetFile(opened: CheckpointFile): Promise<ParquetFile> {
  const { size, name } = opened;
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    const bytes = await opened.read(start < 0 ? size + start : start, Math.min(end, size));
    return bytes.buffer as ArrayBuffer;
  };
  if (size < 12 || await footerBytes(slice, size) > Math.min(size, LONGEST_FOOTER)) {
    throw new SyntaxError(`Cannot read ${showName(name)}: it is no Parquet file`);
  }
  const file = { byteLength: size, slice };
  // Looking for columns of maps (GeoParquet) would not end where the schema lies about its children.
  const metadata = await parseParquet(name, parquetMetadataAsync(file, { geoparquet: false }));
  const { num_rows: rows, row_groups: groups } = metadata;
  const counts = [rows, ...groups.map((group) => group.num_rows)];
  if (counts.some((count) => typeof count !== "bigint" || count < 0n)) {
    throw new SyntaxError(`Cannot read ${showName(name)}: a number of rows is missing or below 0`);
  }
  const sum = groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (rows !== sum) {
    throw new SyntaxError(
      `Cannot read ${
        showName(name)
      }: its row groups have ${sum} rows together, the file says ${rows}`,
    );
  }
  return { file, metadata, columns: columnsOf(metadata) };
}

/**
 * Reads the footer of a Parquet file.
 *
 * @param file The file.
 * @returns Its bytes.
 */
export async function readFooter({ file }: ParquetFile): Promise<Uint8Array> {
  const { byteLength: size, slice } = file;
  return new Uint8Array(await slice(size - await footerBytes(slice, size)));
}

/** The footer's length, and what ends it: that length, and the format's name. */
async function footerBytes(slice: ParquetFile["file"]["slice"], size: number): Promise<number> {
  return new DataView(await slice(size - 8)).getUint32(0, true) + 8;
}

/**
 * Reads rows of a Parquet file.
 *
 * @param name The file's name, for messages.
 * @param file The file.
 * @param options Which rows and columns; all if absent.
 * @returns The rows, as objects; of texts that are not UTF-8 the bytes.
 * @throws {SyntaxError} If the file is malformed.
 */
export async function readParquetRows(
  name: string,
  { file, metadata }: ParquetFile,
  options: Omit<ParquetReadOptions, "file" | "metadata" | "parsers"> = {},
): Promise<Record<string, unknown>[]> {
  const reading = parquetReadObjects({ ...options, file, metadata, parsers: PARSERS });
  return await parseParquet(name, reading);
}

/** Waits for the reading of a file whose content may be malformed. */
async function parseParquet<Result>(
  name: string,
  reading: Promise<Result>,
): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    const reason = showName((cause as Error).message);
    throw new SyntaxError(`Cannot read ${showName(name)}: ${reason}`, { cause });
  }
}

function textOf(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  try {
    return UTF_8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** The schema lists each column before its children. */
function columnsOf({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  for (let at = 1; at < schema.length;) {
    names.push(schema[at].name);
    // What it says of its children may be wrong: the schema's end counts.
    for (let left = 1; left > 0 && at < schema.length; at++) {
      left += (schema[at].num_children ?? 0) - 1;
    }
  }
  return names;
}
