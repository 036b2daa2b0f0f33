/**
 * The results of a shard as files.
 *
 * @module
 */
import { needPackages } from "../base/need_packages.ts";
import { npyHeader } from "../tables/npy_header.ts";
import type { Columns } from "../tables/parquet_writer.ts";
import type { BatchRow } from "./answer.ts";
import type { ResultFormat } from "./batch_plan.ts";
import type { ShardContent } from "./shard_files.ts";

/** Names of the files of each format; the first has the results. */
export const RESULT_FILES = {
  jsonl: ["result.jsonl"],
  npy: ["result.npy", "result.ids.jsonl"],
  parquet: ["result.parquet"],
} as const satisfies Record<ResultFormat, readonly string[]>;

/** Name of the file of documents that failed. */
export const ERRORS_FILE = "errors.jsonl";

/** Columns of Parquet. */
export const COLUMNS: Columns = [
  { name: "id", type: "text" },
  { name: "tokens", type: "count" },
  { name: "embedding", type: "vector" },
];

/** A document that has an embedding. */
type EmbeddedRow = Extract<BatchRow, { tokens: number }> & {
  readonly embedding: { readonly data: Float32Array };
};

/**
 * Encodes what became of the documents of a shard.
 *
 * @param format Format of the results.
 * @param rows The documents, in order.
 * @param width Width of embeddings, for a shard without any.
 * @returns The files: results, and errors if there are any.
 */
export async function encodeRows(
  format: ResultFormat,
  rows: readonly BatchRow[],
  width: number,
): Promise<ShardContent[]> {
  const good = rows.filter((row) => !("error" in row));
  const bad = rows.filter((row) => "error" in row);
  const errors: ShardContent[] = bad.length === 0 ? [] : [[ERRORS_FILE, lines(bad, describe)]];
  const [name, ids] = RESULT_FILES[format];
  if (format === "jsonl") return [[name, lines(good, describe)], ...errors];
  const embedded = good as EmbeddedRow[];
  if (format === "npy") {
    return [
      [name, encodeNpy(embedded, width)],
      [ids!, lines(embedded, ({ embedding: _, ...row }) => describe(row))],
      ...errors,
    ];
  }
  const { writeParquet } = await loadParquetWriter();
  const table = embedded.map(({ id, tokens, embedding }) => ({
    id,
    tokens,
    embedding: embedding.data,
  }));
  return [[name, writeParquet(COLUMNS, [table])], ...errors];
}

/**
 * Loads what writes Parquet.
 *
 * @returns The module.
 * @throws {Error} If a package is not there; the message tells how to install it.
 */
export function loadParquetWriter(): Promise<typeof import("../tables/parquet_writer.ts")> {
  return needPackages("Parquet", ["hyparquet-writer"], import("../tables/parquet_writer.ts"));
}

function* lines<Row>(
  rows: readonly Row[],
  describe: (row: Row) => unknown,
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const row of rows) yield encoder.encode(`${JSON.stringify(describe(row))}\n`);
}

/** A row as JSON has it. */
function describe(row: BatchRow): unknown {
  if (row.response) return row.response;
  if ("error" in row) return row;
  const { isCut, embedding, ...others } = row;
  return {
    ...others,
    ...(isCut && { truncated: true }),
    ...(embedding && { embedding: nest(embedding) }),
  };
}

/** Nine digits identify every 32-bit float. */
function nest({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }) {
  const values = Array.from(data, (value) => Number(value.toPrecision(9)));
  if (dims.length === 1) return values;
  const [tokens, width] = dims;
  return Array.from({ length: tokens }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function* encodeNpy(rows: readonly EmbeddedRow[], width: number): Generator<Uint8Array> {
  yield npyHeader(rows.length, rows[0]?.embedding.data.length ?? width);
  for (const { embedding: { data } } of rows) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}
