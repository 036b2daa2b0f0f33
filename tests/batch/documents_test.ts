import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parquetWriteBuffer } from "hyparquet-writer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type BatchDocument, readDocuments } from "../../batch/documents.ts";
import { InputChangedError, planBatch } from "../../batch/mod.ts";
import { readPlan, readShards } from "../../batch/plan_files.ts";
import type { BatchSettings } from "../../batch/mod.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { embedInto } from "./batches.ts";

async function documentsOf(
  inputs: readonly string[],
  out: string,
  more: Partial<BatchSettings> = {},
): Promise<BatchDocument[]> {
  await planBatch(inputs, embedInto(out, more));
  const plan = await readPlan(out);
  const found: BatchDocument[] = [];
  for await (const shard of readShards(out)) {
    for await (const document of readDocuments(plan, shard)) found.push(document);
  }
  return found;
}

const shown = (document: BatchDocument) => [
  document.id,
  "problem" in document ? document.problem.message : document.content,
];

Deno.test("rows of JSON lines: what cannot be read is the row's problem", () =>
  withFolder(async (folder) => {
    const bytes = new TextEncoder();
    const path = `${folder}/a.jsonl`;
    const lines = [
      bytes.encode('{"text": "a", "id": "x"}\n{"text": 3, "id": 7}\n\n{"id": "y"}\n{"text": \n'),
      Uint8Array.of(0x22, 0xff, 0x22, 10),
      bytes.encode('{"text": "a", "text": "b"}\n{"text": "ü", "id": ""}\n[1]\n'),
    ];
    await Deno.writeFile(path, new Uint8Array(await new Blob(lines).arrayBuffer()));
    const [first, ...rest] = await documentsOf([path], `${folder}/out`);
    assertEquals(shown(first), [`${path}:1`, "a"]);
    const problems = [
      "its text is 3, wanted a text",
      "its text is undefined",
      "is not valid JSON",
      "it is not UTF-8 text",
      'the key "text" twice',
      "ü",
      "must hold an object",
    ];
    assertEquals(rest.map(({ id }) => id), [2, 4, 5, 6, 7, 8, 9].map((line) => `${path}:${line}`));
    for (const [i, document] of rest.entries()) {
      assertEquals(String(shown(document)[1]).includes(problems[i]), true, problems[i]);
    }
    const named = await documentsOf([path], `${folder}/named`, { id_field: "id" });
    assertEquals(named.map(({ id }) => id), [
      "x",
      "7",
      "y",
      ...[5, 6, 7, 8, 9].map((line) => `${path}:${line}`),
    ]);
    assertEquals(String(shown(named[6])[1]).includes('its id is "", wanted an id'), true);
  }));

Deno.test("texts: what is no UTF-8 is the text's problem, what has changed the shard's", () =>
  withFolder(async (folder) => {
    const [a, b] = [`${folder}/a.txt`, `${folder}/b.txt`];
    await Deno.writeTextFile(a, "the sea\n");
    await Deno.writeFile(b, Uint8Array.of(0xff));
    const out = `${folder}/out`;
    const found = await documentsOf([a, b], out);
    assertEquals(found.map(shown), [[a, "the sea\n"], [b, "Cannot read it: it is not UTF-8 text"]]);
    await Deno.writeTextFile(a, "the river\n");
    const [shard] = await Array.fromAsync(readShards(out));
    const plan = await readPlan(out);
    const read = () => Array.fromAsync(readDocuments(plan, shard));
    await assertRejects(read, InputChangedError, "a.txt: it has changed since");
    await Deno.remove(a);
    await assertRejects(read, InputChangedError, "a.txt: it has changed since");
  }));

for (
  const [codec, compress] of [
    ["UNCOMPRESSED", undefined],
    ["SNAPPY", undefined],
    ["GZIP", (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))],
    ["ZSTD", (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes))],
  ] as const
) {
  Deno.test(`rows of Parquet, ${codec}, over row groups`, () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.parquet`;
      const write = async (start: number) => {
        const names = Array.from({ length: 11 }, (_, i) => `text ${start + i}`);
        const buffer = parquetWriteBuffer({
          codec,
          ...(compress && { compressors: { [codec]: compress } }),
          rowGroupSize: 3,
          columnData: [
            { name: "other", data: names.map((_, i) => i) },
            { name: "body", data: names.map((name, i) => i === 5 ? null : name), type: "STRING" },
            { name: "key", data: names.map((_, i) => BigInt(i)), type: "INT64" },
          ],
        });
        await Deno.writeFile(path, new Uint8Array(buffer));
      };
      await write(0);
      const out = `${folder}/out`;
      const found = await documentsOf([path], out, { field: "body", id_field: "key" });
      assertEquals(
        found.map(shown),
        Array.from(
          { length: 11 },
          (_, i) => [
            String(i),
            i === 5 ? "Cannot read it: its body is null, wanted a text" : `text ${i}`,
          ],
        ),
      );
      await write(1000);
      const [shard] = await Array.fromAsync(readShards(out));
      const plan = await readPlan(out);
      const read = () => Array.fromAsync(readDocuments(plan, shard));
      await assertRejects(read, InputChangedError, "rows 1 to 4 of");
      await Deno.writeTextFile(path, "no table any more");
      await assertRejects(read, InputChangedError, "has changed since");
    }));
}

Deno.test("rows of Parquet: bytes that are not UTF-8 are the row's problem", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.parquet`;
    const bytes = new TextEncoder();
    const texts = [bytes.encode("\u{feff}die Möwe"), Uint8Array.of(0x61, 0xff), bytes.encode("b")];
    const keys = [bytes.encode("k"), bytes.encode("l"), Uint8Array.of(0xc3)];
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: "text", data: texts, type: "BYTE_ARRAY" },
        { name: "key", data: keys, type: "BYTE_ARRAY" },
      ],
    });
    await Deno.writeFile(path, new Uint8Array(buffer));
    const found = await documentsOf([path], `${folder}/out`, { id_field: "key" });
    assertEquals(found.slice(0, 2).map(shown), [
      ["k", "\u{feff}die Möwe"],
      ["l", "Cannot read it: it is not UTF-8 text"],
    ]);
    assertEquals(found[2].id, `${path}:3`);
    assertStringIncludes(String(shown(found[2])[1]), "wanted an id");
  }));

Deno.test("a Parquet file without the column is refused", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.parquet`;
    const buffer = parquetWriteBuffer({ columnData: [{ name: "body", data: ["a"] }] });
    await Deno.writeFile(path, new Uint8Array(buffer));
    await assertRejects(
      () => planBatch([path], embedInto(`${folder}/out`)),
      RangeError,
      "there is no column text, wanted one of body",
    );
  }));
