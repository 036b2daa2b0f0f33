/**
 * The documents of a shard.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import { openFile } from "../checkpoint/disk.ts";
import { describeFile, loadParquetReader } from "./find_inputs.ts";
import { InputChangedError } from "./errors.ts";
import { readShardLines } from "./line_shards.ts";
import type { BatchInput, BatchPlan } from "./batch_plan.ts";
import type { Shard } from "./shard.ts";

/** Largest text in bytes, 2 million tokens or so: the tokens of more exhaust the memory. */
const MOST_BYTES = 10_000_000;

/** A document, or the reason why it cannot be read. */
export type BatchDocument =
  & {
    /** Its id. */
    readonly id: string;
    /** About its length, in characters. */
    readonly size: number;
  }
  & (
    | {
      /** The text, or a conversation. */
      readonly content: unknown;
      /** The other fields of its row. */
      readonly row: Readonly<Record<string, unknown>>;
    }
    | { readonly problem: Error }
  );

/** Fields of a row that some tasks take beside the text. */
const OTHER_FIELDS = ["text_pair", "question"];

/**
 * Reads the documents of a shard, in order.
 *
 * @param plan The plan, as {@linkcode readPlan} reads it.
 * @param shard The shard.
 * @returns The documents; of requests, the whole row is the content.
 * @throws {InputChangedError} If an input is not what was planned.
 */
export async function* readDocuments(
  plan: BatchPlan,
  shard: Shard,
): AsyncGenerator<BatchDocument> {
  const input = plan.inputs[shard.input];
  if (input === undefined) {
    throw new RangeError(`Cannot read the shard ${shard.id}: the plan has no input ${shard.input}`);
  }
  if (shard.files) yield* readFiles(input, shard.files);
  else if (shard.lines) {
    const lines = { lines: shard.lines, documents: shard.documents };
    for await (
      const { line, bytes } of readShardLines(await openFile(input.path), input.path, lines)
    ) {
      yield readLine(input, line, bytes);
    }
  } else {
    const { readRows } = await loadParquetReader();
    const columns = [input.field!, ...(input.id_field ? [input.id_field] : []), ...OTHER_FIELDS];
    const rows = { rows: shard.rows!, documents: shard.documents };
    const found = await readRows(await openFile(input.path), input.path, rows, columns);
    for (const [i, row] of found.entries()) {
      yield readRow(input, `${input.name}:${rows.rows.row + i + 1}`, row);
    }
  }
}

async function* readFiles(
  input: BatchInput,
  files: NonNullable<Shard["files"]>,
): AsyncGenerator<BatchDocument> {
  const { resolve } = nodeModule("node:path");
  for (const { name, size, modified } of files) {
    const path = resolve(input.path, name);
    const now = await describeFile(name, path).catch((error) => {
      if (error instanceof RangeError) return undefined;
      throw error;
    });
    const file = await openFile(path);
    if (!file || now?.size !== size || now.modified !== modified) {
      throw new InputChangedError(
        `Cannot read ${showName(name)}: it has changed since the batch was planned; plan it again`,
      );
    }
    yield readBytes(
      name,
      size > MOST_BYTES ? undefined : await file.read(0, size),
      (content) => ({ content, row: {} }),
    );
  }
}

function readLine(
  input: BatchInput,
  line: number,
  bytes: Uint8Array | undefined,
): BatchDocument {
  const where = `${input.name}:${line}`;
  const read = readBytes(where, bytes, (text) => {
    const row = parseJsonObject(text, `line ${line}`);
    return { content: row, row };
  });
  if ("problem" in read) return read;
  const row = read.row;
  if (input.kind !== "openai") return readRow(input, where, row);
  return { ...read, id: typeof row.custom_id === "string" ? row.custom_id : where };
}

/** Decodes and parses; what fails is the document's problem. */
function readBytes(
  id: string,
  bytes: Uint8Array | undefined,
  parse: (text: string) => { content: unknown; row: Readonly<Record<string, unknown>> },
): BatchDocument {
  if (bytes === undefined) {
    const problem = new RangeError("Cannot read it: it is too long, wanted less than 10 MB");
    return { id, size: 0, problem };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { id, size: 0, problem: new TypeError("Cannot read it: it is not UTF-8 text") };
  }
  try {
    return { id, size: text.length, ...parse(text) };
  } catch (problem) {
    return { id, size: 0, problem: problem as Error };
  }
}

function readRow(
  { field, id_field }: BatchInput,
  where: string,
  row: Readonly<Record<string, unknown>>,
): BatchDocument {
  const given = id_field === undefined ? where : row[id_field];
  const isId = ["string", "number", "bigint"].includes(typeof given) && given !== "";
  const id = isId ? String(given) : where;
  const content = row[field!];
  const problem = !isId
    ? new TypeError(`Cannot read it: its ${id_field} is ${showValue(given)}, wanted an id`)
    : content instanceof Uint8Array
    ? new TypeError("Cannot read it: it is not UTF-8 text")
    : typeof content !== "string" && !isConversation(content)
    ? new TypeError(`Cannot read it: its ${field} is ${showValue(content)}, wanted a text`)
    : undefined;
  if (problem) return { id, size: 0, problem };
  return { id, size: typeof content === "string" ? content.length : 1000, content, row };
}

function isConversation(content: unknown): boolean {
  return Array.isArray(content) && content.length > 0 && content.every(isJsonObject);
}
