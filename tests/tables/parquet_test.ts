import { assertEquals, assertRejects } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { openParquetFile, readFooter } from "../../tables/parquet_reader.ts";
import { writeParquet } from "../../tables/parquet_writer.ts";

const COLUMNS = [
  { name: "id", type: "text" },
  { name: "tokens", type: "count" },
  { name: "vector", type: "vector" },
] as const;

function fileOf(bytes: Uint8Array) {
  const read = (start: number, end: number) => Promise.resolve(bytes.slice(start, end));
  return { name: "a.parquet", size: bytes.length, read, bytes };
}

Deno.test("what is written is read, with its columns and metadata", async () => {
  const rows = Array.from({ length: 5 }, (_, i) => ({
    id: `ü${i}`,
    tokens: i,
    vector: Float32Array.of(i, 0.5),
  }));
  const written = writeParquet(COLUMNS, [rows.slice(0, 2), [], rows.slice(2)], { key: "value" });
  const bytes = await new Response(ReadableStream.from(written)).bytes();
  const opened = await openParquetFile(fileOf(bytes));
  assertEquals(opened.columns, ["id", "tokens", "vector"]);
  assertEquals(opened.metadata.key_value_metadata, [{ key: "key", value: "value" }]);
  const footer = await readFooter(opened);
  assertEquals(new TextDecoder().decode(footer.subarray(-4)), "PAR1");
  const { file, metadata } = opened;
  assertEquals(
    await parquetReadObjects({ file, metadata }),
    rows.map(({ vector, ...row }) => ({ ...row, vector: [...vector] })),
  );
});

Deno.test("what is no Parquet file is refused", async () => {
  for (const text of ["", "PAR1", "the river ran past the old house", "PAR1\x04\0\0\0abcdPAR1"]) {
    const bytes = new TextEncoder().encode(text);
    await assertRejects(() => openParquetFile(fileOf(bytes)), SyntaxError, "Cannot read a.parquet");
  }
});

/** An empty file of such columns, which says that it and its row groups have some number of rows. */
async function emptyFile(schema: object[], rows = 0n, groups: unknown[] = []) {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: schema as never });
  parquet.num_rows = rows;
  parquet.row_groups = groups.map((num_rows) => (
    { columns: [], total_byte_size: 0n, num_rows }
  )) as never;
  await parquet.finish();
  return fileOf(new Uint8Array(writer.getBuffer()));
}

const required = { repetition_type: "REQUIRED" };

Deno.test("columns of columns count as one", async () => {
  const { columns } = await openParquetFile(
    await emptyFile([
      { name: "root", num_children: 3 },
      { name: "a", type: "INT32", ...required },
      { name: "list", num_children: 2, ...required },
      { name: "pair", num_children: 1, ...required },
      { name: "x", type: "INT32", ...required },
      { name: "y", type: "INT32", ...required },
      { name: "b", type: "INT32", ...required },
    ]),
  );
  assertEquals(columns, ["a", "list", "b"]);
});

Deno.test("a footer that lies costs neither time nor memory", async () => {
  const root = { name: "root", num_children: 1 };
  const column = { name: "y", type: "INT32", ...required };
  const { bytes } = await emptyFile([root, { name: "list", num_children: 1, ...required }, column]);
  // Behind the list's name: field 5, an integer, 1 as a zigzag varint; instead of it 2³¹ - 1.
  const at = new TextDecoder("latin1").decode(bytes).indexOf("list\x15\x02") + 5;
  const lies = Uint8Array.of(
    ...bytes.subarray(0, at),
    ...[0xfe, 0xff, 0xff, 0xff, 0x0f],
    ...bytes.subarray(at + 1),
  );
  lies[lies.length - 8] += 4;
  const started = performance.now();
  const { columns, metadata } = await openParquetFile(fileOf(lies));
  assertEquals(performance.now() - started < 1000, true);
  assertEquals([columns, metadata.schema[1].num_children], [["list"], 2 ** 31 - 1]);
  const rows = await emptyFile([{ name: "root", num_children: 1 }, column], 3_000_000_000n);
  await assertRejects(
    () => openParquetFile(rows),
    SyntaxError,
    "0 rows together, the file says 3000000000",
  );
  // Each count of children ahead of the next column: -1 leads back to itself.
  const back = await emptyFile([root, { name: "list", num_children: -1, ...required }]);
  assertEquals((await openParquetFile(back)).columns, ["list"]);
  // Thrift's integers of 32 bits are read as numbers, those of 64 as bigint.
  for (const [rows, ...groups] of [[3n, 3], [1n, undefined], [1n, 2n, -1n]]) {
    const lying = await emptyFile([root, column], rows as bigint, groups);
    await assertRejects(() => openParquetFile(lying), SyntaxError, "a number of rows is");
  }
});
