/**
 * Some documents of a batch, and where they are.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import { isCount, isHash, isText } from "./json_values.ts";

/** A text file of a shard. */
export interface ShardFile {
  /** Its name, from the input's folder on. */
  readonly name: string;
  /** Its length in bytes. */
  readonly size: number;
  /** When it was changed last, in milliseconds since 1970. */
  readonly modified: number;
}

/** Lines of a file. */
export interface ShardLines {
  /** Number of the first line, from 1. */
  readonly line: number;
  /** Where the first line begins. */
  readonly at: number;
  /** Length of all lines. */
  readonly bytes: number;
  /** SHA-256 of the bytes. */
  readonly hash: string;
}

/** Rows of a Parquet file. */
export interface ShardRows {
  /** The first row, from 0. */
  readonly row: number;
  /** SHA-256 of the file's footer, and of its size. */
  readonly hash: string;
}

/** Some documents of a batch: what a worker does at a time. */
export interface Shard {
  /** Hash of model, options, format, and of where the documents are. */
  readonly id: string;
  /** Which of the plan's inputs. */
  readonly input: number;
  /** Number of documents. */
  readonly documents: number;
  /** The documents, of `files`. */
  readonly files?: readonly ShardFile[];
  /** The documents, of `jsonl` and `openai`. */
  readonly lines?: ShardLines;
  /** The documents, of `parquet`. */
  readonly rows?: ShardRows;
}

/**
 * Checks a shard from outside.
 *
 * @param given The parsed JSON.
 * @param where Where it stands, for the message.
 * @returns The shard.
 * @throws {SyntaxError} If it is malformed.
 */
export function parseShard(given: unknown, where: string): Shard {
  if (isJsonObject(given)) {
    const { id, input, documents, files, lines, rows } = given;
    const isOne = [files, lines, rows].filter((part) => part !== undefined).length === 1;
    const hasFiles = files === undefined ||
      Array.isArray(files) && files.length === documents &&
        files.every((file) =>
          isJsonObject(file) && isText(file.name) && isCount(file.size) &&
          typeof file.modified === "number"
        );
    const hasLines = lines === undefined ||
      isJsonObject(lines) && isCount(lines.line, 1) && isCount(lines.at) && isCount(lines.bytes) &&
        isHash(lines.hash);
    const hasRows = rows === undefined ||
      isJsonObject(rows) && isCount(rows.row) && isHash(rows.hash);
    const isShard = typeof id === "string" && /^[0-9a-f]{32}$/.test(id) && isCount(input) &&
      isCount(documents, 1) && isOne && hasFiles && hasLines && hasRows;
    if (isShard) return given as unknown as Shard;
  }
  throw new SyntaxError(`Cannot read ${showName(where)}: wanted a shard, got ${showValue(given)}`);
}
