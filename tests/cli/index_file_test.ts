import { assertEquals, assertRejects } from "@std/assert";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { openIndex } from "../../cli/index_file.ts";
import type { IndexRow } from "../../cli/index_row.ts";
import { writeParquet } from "../../tables/parquet_writer.ts";
import { withFolder } from "../helpers/with_folder.ts";

async function readIndex(path: string): Promise<IndexRow[]> {
  return await Array.fromAsync((await openIndex(path)).rows());
}

/** The line of an index of another program, with an embedding of the model's width. */
const foreign = (change: Record<string, unknown> = {}) =>
  `${JSON.stringify({ id: 7, embedding: [1, 2, 3, 4, 5, 6, 7, 8], ...change })}\n`;

const npy = (shape: string, values: number, type = "<f4") => {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
  const bytes = new Uint8Array(128 + 4 * values);
  bytes.set(Array.from(`\x93NUMPY\x01\0v\0${header}\n`, (c) => c.charCodeAt(0)));
  new Float32Array(bytes.buffer, 128).fill(1);
  return bytes;
};

function parquet(columns: Record<string, unknown[]>): Uint8Array {
  const writer = new ByteWriter();
  const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
  parquetWrite({ writer, columnData });
  return writer.getBytes();
}

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8].map((value) => value + 0.5);
const hash = "0".repeat(64);

/** What lsg encode would write of a vector with NaN. */
async function nanParquet(): Promise<Uint8Array> {
  const columns = [{ name: "id", type: "text" }, { name: "embedding", type: "vector" }] as const;
  const row = { id: "a", embedding: Float32Array.from(EIGHT.with(2, NaN)) };
  return await new Response(ReadableStream.from(writeParquet(columns, [[row]]))).bytes();
}

const HOSTILE: [name: string, content: string | Uint8Array, message: string][] = [
  ["empty.jsonl", "", "empty.jsonl: it is empty"],
  ["broken.jsonl", foreign() + '{"id": 1, "embedding": [1, 2\n', "line 2 of "],
  ["list.jsonl", foreign() + "[1]\n", "line 2 of "],
  ["no_number.jsonl", foreign() + '\n{"id": 1, "embedding": [NaN]}\n', "line 3 of "],
  ["infinite.jsonl", foreign() + foreign().replace("8]", "1e39]"), "value 7 of its embedding is"],
  ["null.jsonl", foreign({ embedding: [null] }), "wanted numbers in its embedding, got null"],
  ["none.jsonl", foreign({ embedding: undefined }), "wanted an embedding, got none"],
  ["tokens.jsonl", foreign({ embedding: [[1, 2]] }), "embeddings of tokens (--pooling none)"],
  ["id.jsonl", foreign({ id: null }), "wanted an id, got none"],
  ["text.jsonl", foreign({ text: 5 }), "wanted a text, got 5"],
  ["place.jsonl", foreign({ start: 0.5 }), "wanted start as a whole number"],
  ["binary.jsonl", Uint8Array.of(0xff, 0xfe), "it is not UTF-8 text"],
  ["mixed.jsonl", foreign() + foreign({ encoder: { model: "a", hash } }), "another model"],
  [
    "encoder.jsonl",
    foreign({ encoder: { model: "a", hash, options: { shell: 1 } } }),
    "known options",
  ],
  ["no_hash.jsonl", foreign({ encoder: { model: "a" } }), "a hash of the model"],
  ["alone.npy", npy("1, 8", 8), "alone.ids.jsonl"],
  ["short.npy", npy("2, 8", 8), "its header says 2 × 8 × 4"],
  ["double.npy", npy("1, 8", 16, "<f8"), "wanted a matrix of float32"],
  ["vector.npy", npy("8,", 8), "wanted a matrix of float32"],
  ["text.npy", "the river ran past the old house", "it is not in NumPy's format"],
  ["text.parquet", "the river ran past the old house", "text.parquet: "],
  [
    "no_utf_8.parquet",
    parquet({ id: ["a"], text: [Uint8Array.of(0x61, 0xff)], embedding: [EIGHT] }),
    "wanted a text",
  ],
  ["other.parquet", parquet({ name: ["a"], vector: [1] }), "wanted columns id and embedding, got"],
  ["nan.parquet", await nanParquet(), "value 2 of its embedding is NaN"],
  ["cut.parquet", parquet({ id: ["a"], embedding: [EIGHT] }).slice(30), "cut.parquet: "],
  ["index.safetensors", "", "wanted a file that lsg encode -o has written"],
];

for (const [name, content, message] of HOSTILE) {
  Deno.test(`openIndex() refuses ${name}`, () =>
    withFolder(async (folder) => {
      const path = `${folder}/${name}`;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(path, bytes);
      await assertRejects(() => readIndex(path), Error, message);
    }));
}

Deno.test("openIndex() reads files of other programs", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.jsonl`, foreign({ other: "x" }) + "\n" + foreign());
    const columns = { id: ["a"], extra: [3], embedding: [EIGHT] };
    await Deno.writeFile(`${folder}/a.parquet`, parquet(columns));
    await Deno.writeFile(`${folder}/a.npy`, npy("2, 8", 16));
    await Deno.writeTextFile(`${folder}/a.ids.jsonl`, '{"id": "x"}\n{"id": "y", "text": "the"}\n');
    for (
      const [end, rows] of [
        ["jsonl", [["7", 8], ["7", 8]]],
        ["parquet", [["a", 8.5]]],
        ["npy", [["x", 1], ["y", 1]]],
      ] as const
    ) {
      const found = await readIndex(`${folder}/a.${end}`);
      assertEquals<unknown>(found.map(({ id, vector }) => [id, vector[7]]), rows);
    }
    const short = '{"id": "x"}\n';
    for (const [ids, message] of [[short, "only 1"], [short.repeat(3), "more"]]) {
      await Deno.writeTextFile(`${folder}/a.ids.jsonl`, ids);
      await assertRejects(() => readIndex(`${folder}/a.npy`), RangeError, message);
    }
  }));
