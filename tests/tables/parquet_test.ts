import { assertEquals, assertRejects } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { openParquetFile, readFooter } from "../../tables/parquet_reader.ts";
import { writeParquet } from "../../tables/parquet_writer.ts";

const COLUMNS = [
  { name: "id", type: "text" },
  { name: "tokens", type: "count" },
  { name: "vector", type: "vector" },
] as const;

function fileOf(bytes: Uint8Array) {
  const read = (start: number, end: number) => Promise.resolve(bytes.slice(start, end));
  return { name: "a.parquet", size: bytes.length, read };
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
