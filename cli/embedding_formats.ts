/**
 * Files of embeddings.
 *
 * @module
 */
import { needPackages } from "../base/need_packages.ts";
import { npyHeader } from "../tables/npy_header.ts";
import type { Row } from "../tables/parquet_writer.ts";
import { UsageError } from "./arguments.ts";
import { describePassage, type EmbeddedPassage, formatEmbedding } from "./embedding.ts";
import {
  type EmbeddingTable,
  idsPathOf,
  METADATA_KEY,
  type PassageBlocks,
} from "./embedding_table.ts";
import { formatJson } from "./table.ts";

/** A format. */
export interface EmbeddingFormat {
  /** Whether it holds embeddings without pooling, whose lengths differ. */
  readonly holdsRows: boolean;
  /** The other files that it consists of; none if absent. */
  readonly others?: (path: string) => readonly string[];
  /** Loads what it needs, so that what is missing is told before the work. */
  readonly load?: () => Promise<unknown>;
  /** Returns the bytes of each file, the one that makes an output of them last. */
  readonly encode: (
    path: string,
    table: EmbeddingTable,
  ) => readonly (readonly [path: string, bytes: AsyncIterable<Uint8Array>])[];
}

/** The formats by the end of a file's name. */
const FORMATS: readonly (readonly [end: RegExp, format: EmbeddingFormat])[] = [
  [/\.(jsonl|ndjson)$/i, {
    holdsRows: true,
    encode: (path, { read, encoder }) => [[
      path,
      lines(read(), (passage) => formatEmbedding(passage, encoder)),
    ]],
  }],
  [/\.npy$/i, {
    holdsRows: false,
    others: (path) => [idsPathOf(path)],
    encode: (path, table) => [
      [
        idsPathOf(path),
        lines(
          table.read(),
          (passage) => formatJson({ ...describePassage(passage), encoder: table.encoder }),
        ),
      ],
      [path, encodeNpy(table)],
    ],
  }],
  [/\.parquet$/i, {
    holdsRows: false,
    load: loadParquet,
    encode: (path, table) => [[path, encodeParquet(table)]],
  }],
  [/\.safetensors$/i, {
    holdsRows: true,
    encode: (path, table) => [[path, encodeSafetensors(table)]],
  }],
];

/** The format of standard output. */
export const SAFETENSORS: EmbeddingFormat = FORMATS.at(-1)![1];

/**
 * Chooses a format by the end of a file's name.
 *
 * @param path The file.
 * @returns The format.
 * @throws {UsageError} If no format has that end.
 */
export function formatOf(path: string): EmbeddingFormat {
  const found = FORMATS.find(([end]) => end.test(path));
  if (found) return found[1];
  throw new UsageError(
    `Cannot write ${path}: wanted a name that ends in .jsonl, .parquet, .npy or .safetensors`,
  );
}

async function* lines(
  blocks: PassageBlocks,
  format: (passage: EmbeddedPassage) => string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const passages of blocks) {
    for (const passage of passages) yield encoder.encode(format(passage));
  }
}

async function* encodeNpy(table: EmbeddingTable): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const passages of table.read()) {
    if (isFirst) yield npyHeader(table.passages, passages[0].dims[0]);
    isFirst = false;
    yield bytesOfAll(passages);
  }
}

const COLUMNS = [
  { name: "id", type: "text" },
  { name: "start", type: "count" },
  { name: "end", type: "count" },
  { name: "tokens", type: "count" },
  { name: "text", type: "text" },
  { name: "embedding", type: "vector" },
] as const;

async function* encodeParquet(table: EmbeddingTable): AsyncGenerator<Uint8Array> {
  const { writeParquet } = await loadParquet();
  const metadata = { [METADATA_KEY]: JSON.stringify({ encoder: table.encoder }) };
  yield* writeParquet(COLUMNS, parquetRows(table.read()), metadata);
}

async function* parquetRows(blocks: PassageBlocks): AsyncGenerator<readonly Row[]> {
  for await (const passages of blocks) {
    yield passages.map((passage) => ({ ...describePassage(passage), embedding: passage.data }));
  }
}

function loadParquet() {
  return needPackages("Parquet", ["hyparquet-writer"], import("../tables/parquet_writer.ts"));
}

/** One tensor `[passages, width]`; without pooling `document_N` `[tokens, width]`, from 0. */
async function* encodeSafetensors(table: EmbeddingTable): AsyncGenerator<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let count = 0;
  let bytes = 0;
  const add = (name: string, shape: readonly number[]) => {
    const end = bytes + shape.reduce((product, size) => product * size, 4);
    header[name] = { dtype: "F32", shape, data_offsets: [bytes, end] };
    bytes = end;
  };
  for await (const passages of table.read()) {
    if (passages[0].dims.length === 1) {
      add("embeddings", [table.passages, ...passages[0].dims]);
      break;
    }
    for (const { dims } of passages) add(`document_${count++}`, dims);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces align the values to 8 bytes.
  const start = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(" ".charCodeAt(0));
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(text, 8);
  yield start;
  for await (const passages of table.read()) yield bytesOfAll(passages);
}

/** Little-endian, like every machine that runs this. */
function bytesOfAll(passages: readonly EmbeddedPassage[]): Uint8Array {
  const all = new Float32Array(passages.reduce((sum, { data }) => sum + data.length, 0));
  let offset = 0;
  for (const { data } of passages) {
    all.set(data, offset);
    offset += data.length;
  }
  return new Uint8Array(all.buffer);
}
