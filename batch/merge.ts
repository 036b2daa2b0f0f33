/**
 * The results of all shards in one file.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { showName } from "../base/show_value.ts";
import { movePath, openFile, removePath, writeNewFile } from "../checkpoint/disk.ts";
import { npyHeader } from "../tables/npy_header.ts";
import type { Row } from "../tables/parquet_writer.ts";
import { explainFullDisk } from "./errors.ts";
import { loadParquetReader } from "./find_inputs.ts";
import type { BatchPlan } from "./batch_plan.ts";
import { readPlan, readShards } from "./plan_files.ts";
import type { Shard } from "./shard.ts";
import { COLUMNS, ERRORS_FILE, loadParquetWriter, RESULT_FILES } from "./results.ts";
import { listDone, partFolder, readReport, type ShardReport } from "./shard_files.ts";

/** What was merged. */
export interface MergeReport {
  /** Documents with results. */
  readonly documents: number;
  /** Documents without; they are in the file of errors. */
  readonly failed: number;
  /** The files that were written: results, ids of `.npy`, errors if there are any. */
  readonly files: readonly string[];
}

/** Shards that a message names. */
const MOST_NAMED = 3;

/** Bytes that are copied at once. */
const CHUNK_BYTES = 2 ** 22;

/**
 * Writes the results of a batch to one file, in the order of the inputs: each document once. Those that
 * failed are beside it, in `NAME.errors.jsonl`; where none has, such a file of an earlier merge is
 * removed.
 *
 * @param out The batch's folder.
 * @param file The file, whose name ends as the batch's format wants; `NAME.ids.jsonl` beside `.npy`.
 * @returns What was written.
 * @throws {RangeError} If shards are not done, the name has another end, or it would write over an
 * input.
 * @throws {SyntaxError} If a worker's files are not what it wrote.
 * @throws {DiskFullError} If the disk takes no more; nothing is left then.
 *
 * @example
 * ```ts
 * import { mergeBatch } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => mergeBatch("no/such/folder", "all.jsonl"), RangeError, "no batch");
 * ```
 */
export async function mergeBatch(out: string, file: string): Promise<MergeReport> {
  const plan = await readPlan(out);
  const { result } = plan;
  if (!file.toLowerCase().endsWith(`.${result}`)) {
    throw new RangeError(
      `Cannot merge to ${showName(file)}: the results are ${result}, wanted a name in .${result}`,
    );
  }
  const stem = file.slice(0, -result.length - 1);
  const errorsFile = `${stem}.errors.jsonl`;
  const idsFile = `${stem}.ids.jsonl`;
  const [main, ids] = RESULT_FILES[result];
  assertNoInput(plan, [file, errorsFile, ...(ids === undefined ? [] : [idsFile])]);
  const reports = await readReports(out, plan);
  const sum = (key: "documents" | "failed") =>
    reports.reduce((sum, report) => sum + report[key], 0);
  const failed = sum("failed");
  const contents: (readonly [path: string, chunks: AsyncIterable<Uint8Array>])[] = [];
  const parts = (name: string) => reports.filter(({ files }) => Object.hasOwn(files, name));
  if (failed > 0) {
    contents.push([errorsFile, copy(out, parts(ERRORS_FILE), ERRORS_FILE)]);
  }
  if (ids !== undefined) contents.push([idsFile, copy(out, reports, ids)]);
  contents.push([
    file,
    result === "jsonl"
      ? copy(out, reports, main)
      : result === "npy"
      ? mergeNpy(out, reports, main)
      : mergeParquet(out, reports, main),
  ]);
  await writeTogether(contents);
  if (failed === 0) await nodeModule("node:fs/promises").rm(errorsFile, { force: true });
  return {
    documents: sum("documents") - failed,
    failed,
    files: contents.map(([path]) => path).reverse(),
  };
}

/** Refuses to write over an input. */
function assertNoInput({ inputs }: BatchPlan, files: readonly string[]): void {
  const { resolve } = nodeModule("node:path");
  const found = files.find((file) => inputs.some(({ path }) => path === resolve(file)));
  if (found === undefined) return;
  throw new RangeError(
    `Cannot merge to ${showName(found)}: it is an input of the batch, wanted another name`,
  );
}

/** Reads what is told of all shards; all must be done, with all their documents. */
async function readReports(out: string, plan: BatchPlan): Promise<ShardReport[]> {
  const done = await listDone(out);
  const reports: ShardReport[] = [];
  const missing: Shard[] = [];
  for await (const shard of readShards(out, plan.version)) {
    if (!done.has(shard.id)) {
      missing.push(shard);
      continue;
    }
    const report = await readReport(out, shard.id);
    if (report.documents !== shard.documents) {
      throw new SyntaxError(
        `Cannot merge ${partFolder(out, shard.id)}: it has ${report.documents} documents, wanted ` +
          `${shard.documents}`,
      );
    }
    reports.push(report);
  }
  if (missing.length === 0) return reports;
  const named = missing.slice(0, MOST_NAMED).map((shard) => describeShard(plan, shard));
  const rest = missing.length > MOST_NAMED ? [`${missing.length - MOST_NAMED} more`] : [];
  throw new RangeError(
    `Cannot merge: ${missing.length} of ${plan.shards} shards are not done: ` +
      [...named, ...rest].join("; "),
  );
}

/**
 * Says which documents a shard has.
 *
 * @param plan The plan.
 * @param shard The shard.
 * @returns Rows or names.
 */
function describeShard(
  { inputs }: BatchPlan,
  { input, documents, files, lines, rows }: Shard,
): string {
  if (files) {
    const [first, last] = [files[0].name, files.at(-1)!.name];
    return showName(files.length === 1 ? first : `${first} to ${last}`);
  }
  const name = showName(inputs[input]?.name ?? "");
  return lines
    ? `${documents} lines of ${name} from ${lines.line} on`
    : `rows ${rows!.row + 1} to ${rows!.row + documents} of ${name}`;
}

/** Reads a file of a shard, and makes sure that it is what the worker wrote. */
async function* readPart(
  out: string,
  { id, files }: ShardReport,
  name: string,
): AsyncGenerator<Uint8Array> {
  const path = `${partFolder(out, id)}/${name}`;
  const file = await openFile(path);
  const hash = nodeModule("node:crypto").createHash("sha256");
  for (let at = 0; file && at < file.size; at += CHUNK_BYTES) {
    const chunk = await file.read(at, Math.min(at + CHUNK_BYTES, file.size));
    hash.update(chunk);
    yield chunk;
  }
  if (file && hash.digest("hex") === files[name]) return;
  throw new SyntaxError(
    `Cannot merge ${showName(path)}: it is not what its worker wrote; wanted it, or the folder's ` +
      "removal, so that the shard is done again",
  );
}

async function* copy(
  out: string,
  reports: readonly ShardReport[],
  name: string,
): AsyncGenerator<Uint8Array> {
  for (const report of reports) yield* readPart(out, report, name);
}

async function readWhole(out: string, report: ShardReport, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readPart(out, report, name)) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

async function* mergeNpy(
  out: string,
  reports: readonly ShardReport[],
  name: string,
): AsyncGenerator<Uint8Array> {
  const total = reports.reduce((sum, { documents, failed }) => sum + documents - failed, 0);
  let width: number | undefined;
  for (const report of reports) {
    const rows = report.documents - report.failed;
    const part = await readWhole(out, report, name);
    const text = String.fromCharCode(...part.subarray(0, 128));
    const found = Number(text.match(/'shape': \(\d+, (\d+)\)/)?.[1]);
    const header = npyHeader(rows, found);
    const isPart = header.every((byte, i) => byte === part[i]) &&
      part.length === header.length + 4 * rows * found;
    if (!isPart || width !== undefined && rows > 0 && width !== found) {
      throw new SyntaxError(`Cannot merge ${partFolder(out, report.id)}: its ${name} is malformed`);
    }
    if (width === undefined && (rows > 0 || total === 0)) {
      width = found;
      yield npyHeader(total, width);
    }
    yield part.subarray(header.length);
  }
}

async function* mergeParquet(
  out: string,
  reports: readonly ShardReport[],
  name: string,
): AsyncGenerator<Uint8Array> {
  const [{ writeParquet }, { readAllRows }] = await Promise.all([
    loadParquetWriter(),
    loadParquetReader(),
  ]);
  const blocks = async function* (): AsyncGenerator<readonly Row[]> {
    for (const report of reports) {
      const bytes = await readWhole(out, report, name);
      const path = `${partFolder(out, report.id)}/${name}`;
      const rows = await readAllRows(path, bytes);
      if (rows.length !== report.documents - report.failed) {
        throw new SyntaxError(`Cannot merge ${showName(path)}: it has ${rows.length} rows`);
      }
      yield rows.map(({ id, tokens, embedding }) => ({
        id: String(id),
        tokens: Number(tokens),
        embedding: Float32Array.from(embedding as number[]),
      }));
    }
  };
  yield* writeParquet(COLUMNS, blocks());
}

/** Writes files under other names, and renames all of them in the end. */
async function writeTogether(
  contents: readonly (readonly [path: string, chunks: AsyncIterable<Uint8Array>])[],
): Promise<void> {
  const { dirname } = nodeModule("node:path");
  const asides = contents.map(([path]) => `${dirname(path)}/.writing-${crypto.randomUUID()}`);
  try {
    for (const [i, [, chunks]] of contents.entries()) await writeNewFile(asides[i], chunks);
    for (const [i, [path]] of contents.entries()) await movePath(asides[i], path);
  } catch (error) {
    throw explainFullDisk(error, contents.at(-1)![0]);
  } finally {
    for (const aside of asides) await removePath(aside);
  }
}
