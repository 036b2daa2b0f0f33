/**
 * Tables with embeddings as Parquet.
 *
 * @module
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

/** Most values of embeddings in a row group, 8 MB of them, and most rows. */
const [GROUP_VALUES, GROUP_ROWS] = [2 ** 21, 2 ** 14];

const required = { repetition_type: "REQUIRED" } as const;

/** The columns of a table, in order. */
export type Columns = readonly {
  /** Its name, which is that of the rows' value. */
  readonly name: string;
  /** What it holds. */
  readonly type: "text" | "count" | "vector";
}[];

/** A row: a text, a count below 2³¹ or a vector in each column. */
export type Row = Readonly<Record<string, string | number | Float32Array>>;

type Declared = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]["schema"]>;

/** How a column is declared; a vector is a list in Parquet's standard form of three levels. */
function declare({ name, type }: Columns[number]): Declared {
  if (type === "text") {
    return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", ...required }];
  }
  if (type === "count") return [{ name, type: "INT32", ...required }];
  return [
    { name, converted_type: "LIST", num_children: 1, ...required },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "FLOAT", ...required },
  ];
}

/**
 * Writes a Parquet file.
 *
 * @param columns Its columns.
 * @param blocks The rows, some at a time.
 * @param metadata Texts by their keys.
 * @returns The file's bytes, a row group at a time.
 */
export async function* writeParquet(
  columns: Columns,
  blocks: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(declare)],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "lsg",
  });
  const take = () => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };
  let group: Row[] = [];
  let values = 0;
  for await (const rows of blocks) {
    for (const row of rows) {
      group.push(row);
      for (const value of Object.values(row)) {
        if (value instanceof Float32Array) values += value.length;
      }
      if (values < GROUP_VALUES && group.length < GROUP_ROWS) continue;
      await writer.write(columnsOf(columns, group));
      yield take();
      [group, values] = [[], 0];
    }
  }
  if (group.length > 0) await writer.write(columnsOf(columns, group));
  await writer.finish();
  yield take();
}

function columnsOf(columns: Columns, rows: readonly Row[]) {
  const columnData = columns.map(({ name, type }) => {
    if (type !== "vector") return { name, data: rows.map((row) => row[name]) };
    return {
      name,
      data: rows.map((row) => Array.from(row[name] as Float32Array)),
      // Digits of floats have nothing in common.
      codec: "UNCOMPRESSED" as const,
      encoding: "PLAIN" as const,
      statistics: false,
    };
  });
  return { rowGroupSize: rows.length, columnData };
}
