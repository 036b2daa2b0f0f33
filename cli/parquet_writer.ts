/**
 * Embeddings as Parquet.
 *
 * @module
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { EmbeddedPassage } from "./embedding.ts";
import { type EmbeddingTable, METADATA_KEY } from "./embedding_table.ts";

/** Most values of embeddings in a row group, 8 MB of them, and most passages. */
const [GROUP_VALUES, GROUP_ROWS] = [2 ** 21, 2 ** 14];

const required = { repetition_type: "REQUIRED" } as const;

/** A list in Parquet's standard form of three levels. */
const SCHEMA = [
  { name: "root", num_children: 6 },
  { name: "id", type: "BYTE_ARRAY", converted_type: "UTF8", ...required },
  { name: "start", type: "INT32", ...required },
  { name: "end", type: "INT32", ...required },
  { name: "tokens", type: "INT32", ...required },
  { name: "text", type: "BYTE_ARRAY", converted_type: "UTF8", ...required },
  { name: "embedding", converted_type: "LIST", num_children: 1, ...required },
  { name: "list", num_children: 1, repetition_type: "REPEATED" },
  { name: "element", type: "FLOAT", ...required },
] as const;

/**
 * Writes a Parquet file of columns `id`, `start`, `end`, `tokens`, `text` and `embedding`, a list of
 * 32-bit floats.
 *
 * @param table The passages, with pooled embeddings.
 * @returns The file's bytes, a row group at a time.
 */
export async function* writeParquet(table: EmbeddingTable): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [...SCHEMA],
    kvMetadata: [{ key: METADATA_KEY, value: JSON.stringify({ encoder: table.encoder }) }],
    createdBy: "lsg",
  });
  const take = () => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };
  let group: EmbeddedPassage[] = [];
  let values = 0;
  for await (const passages of table.read()) {
    for (const passage of passages) {
      group.push(passage);
      values += passage.data.length;
      if (values < GROUP_VALUES && group.length < GROUP_ROWS) continue;
      await writer.write(columnsOf(group));
      yield take();
      [group, values] = [[], 0];
    }
  }
  if (group.length > 0) await writer.write(columnsOf(group));
  await writer.finish();
  yield take();
}

function columnsOf(passages: readonly EmbeddedPassage[]) {
  const column = (name: "id" | "start" | "end" | "tokens" | "text") => ({
    name,
    data: passages.map((passage) => passage[name]),
  });
  return {
    rowGroupSize: passages.length,
    columnData: [
      column("id"),
      column("start"),
      column("end"),
      column("tokens"),
      column("text"),
      {
        name: "embedding",
        data: passages.map(({ data }) => Array.from(data)),
        // Digits of floats have nothing in common.
        codec: "UNCOMPRESSED" as const,
        encoding: "PLAIN" as const,
        statistics: false,
      },
    ],
  };
}
