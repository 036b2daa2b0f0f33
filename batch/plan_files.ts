/**
 * The plan of a batch, as it lies on the disk.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import {
  flushFolder,
  listFolders,
  makeFolder,
  movePath,
  openFile,
  removePath,
  writeNewFile,
} from "../checkpoint/disk.ts";
import { explainFullDisk } from "./errors.ts";
import { HOSTED_TASKS, type HostedTask } from "../hosting/tasks.ts";
import { readLines } from "../tables/read_lines.ts";

/** Formats of results. */
export const RESULT_FORMATS: readonly ResultFormat[] = ["jsonl", "npy", "parquet"];

/** A format of results. */
export type ResultFormat = "jsonl" | "npy" | "parquet";

/** Kinds of inputs. */
const INPUT_KINDS: readonly BatchInput["kind"][] = ["files", "jsonl", "parquet", "openai"];

/** The model of a batch. */
export interface BatchModel {
  /** A folder's path, `owner/name` or a URL. */
  readonly checkpoint: string;
  /** What requests of the OpenAI API call it. */
  readonly name: string;
  /** The commit, of a model from the hub. */
  readonly revision?: string;
  /** SHA-256 of a folder's files; of a server's model, of its config. */
  readonly hash: string;
  /** What it is asked. */
  readonly task: HostedTask;
  /** How it is loaded: what changes results. */
  readonly options: {
    readonly dtype?: string;
    readonly seed?: number;
    readonly lsg?: Readonly<Record<string, unknown>>;
    readonly config?: Readonly<Record<string, unknown>>;
  };
}

/** Documents of a batch. */
export interface BatchInput {
  /**
   * `files`: texts, a document each; `jsonl`, `parquet`: a document each row; `openai`: requests of the
   * OpenAI API, a line each.
   */
  readonly kind: "files" | "jsonl" | "parquet" | "openai";
  /** The file; of `files`, the folder that their names start from. */
  readonly path: string;
  /** The name that it was given, which begins ids of rows without any; "" for `files`. */
  readonly name: string;
  /** The field or column of the text. */
  readonly field?: string;
  /** The field or column of the id. */
  readonly id_field?: string;
}

/** What is done to which documents. */
export interface BatchPlan {
  /** Version of this format. */
  readonly format: 1;
  /** Name of the batch, random. */
  readonly id: string;
  /** How often the batch was planned with something new. */
  readonly version: number;
  /** The model. */
  readonly model: BatchModel;
  /** Options of the task, as its pipeline names them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Format of the results. */
  readonly result: ResultFormat;
  /** Most documents of a shard. */
  readonly shard_documents: number;
  /** Where documents come from; later plans add to the end. */
  readonly inputs: readonly BatchInput[];
  /** Number of all documents. */
  readonly documents: number;
  /** Number of shards. */
  readonly shards: number;
}

/** A text file of a shard. */
export interface ShardFile {
  /** Its name, from the input's folder on. */
  readonly name: string;
  /** Its length in bytes. */
  readonly size: number;
  /** When it was changed last, in milliseconds since 1970. */
  readonly modified: number;
}

/** Lines of a file. */
export interface ShardLines {
  /** Number of the first line, from 1. */
  readonly line: number;
  /** Where the first line begins. */
  readonly at: number;
  /** Length of all lines. */
  readonly bytes: number;
  /** SHA-256 of the bytes. */
  readonly hash: string;
}

/** Rows of a Parquet file. */
export interface ShardRows {
  /** The first row, from 0. */
  readonly row: number;
  /** SHA-256 of the file's footer, and of its size. */
  readonly hash: string;
}

/** Some documents of a batch: what a worker does at a time. */
export interface Shard {
  /** Hash of model, options, format, and of where the documents are. */
  readonly id: string;
  /** Which of the plan's inputs. */
  readonly input: number;
  /** Number of documents. */
  readonly documents: number;
  /** The documents, of `files`. */
  readonly files?: readonly ShardFile[];
  /** The documents, of `jsonl` and `openai`. */
  readonly lines?: ShardLines;
  /** The documents, of `parquet`. */
  readonly rows?: ShardRows;
}

/** Longest plan that is read: a million inputs. */
const LONGEST_PLAN = 2 ** 28;

/**
 * The folder of a batch's plans, which are numbered; the last counts. A folder is made under another
 * name and renamed, which fails if there is one, so two that plan at once never overwrite each other.
 *
 * @param out The batch's folder.
 * @param version Number of the plan; absent: the folder of all.
 * @returns The path.
 */
function planFolder(out: string, version?: number): string {
  const folder = `${out}/plan`;
  return version === undefined ? folder : `${folder}/${version}`;
}

/**
 * Finds the number of the last plan.
 *
 * @param out The batch's folder.
 * @returns The number; 0 if nothing was planned.
 */
export async function lastVersion(out: string): Promise<number> {
  const names = await listFolders(planFolder(out));
  return Math.max(0, ...names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number));
}

/**
 * Reads the plan of a batch.
 *
 * @param out The batch's folder.
 * @returns The plan, with paths as this process can use them.
 * @throws {RangeError} If the folder has no plan.
 * @throws {SyntaxError} If the plan is malformed.
 */
export async function readPlan(out: string): Promise<BatchPlan> {
  const version = await lastVersion(out);
  if (version === 0) {
    throw new RangeError(`Cannot read ${showName(out)}: there is no batch, plan one first`);
  }
  const path = `${planFolder(out, version)}/plan.json`;
  const file = await openFile(path);
  if (file === undefined || file.size > LONGEST_PLAN) {
    throw new SyntaxError(
      `Cannot read ${showName(path)}: it is ${file === undefined ? "not there" : "too long"}`,
    );
  }
  const text = new TextDecoder().decode(await file.read(0, file.size));
  const plan = checkPlan(parseJsonObject(text, path), path);
  const { resolve } = nodeModule("node:path");
  const isFolder = /^\.{0,2}\//.test(plan.model.checkpoint);
  const checkpoint = isFolder ? resolve(out, plan.model.checkpoint) : plan.model.checkpoint;
  return {
    ...plan,
    version,
    model: { ...plan.model, checkpoint },
    inputs: plan.inputs.map((input) => ({ ...input, path: resolve(out, input.path) })),
  };
}

/**
 * Reads the shards of a batch, in the order of the inputs.
 *
 * @param out The batch's folder.
 * @param version Number of the plan; absent: the last.
 * @returns The shards, one by one.
 * @throws {RangeError} If the folder has no plan.
 * @throws {SyntaxError} If the list is malformed.
 */
export async function* readShards(out: string, version?: number): AsyncGenerator<Shard> {
  version ??= await lastVersion(out);
  const path = `${planFolder(out, version)}/shards.jsonl`;
  const file = version === 0 ? undefined : await openFile(path);
  if (file === undefined) {
    throw new RangeError(`Cannot read ${showName(out)}: there is no batch, plan one first`);
  }
  for await (const { line, bytes } of readLines(file, { at: 0, bytes: file.size, line: 1 })) {
    const where = `line ${line} of ${path}`;
    if (bytes === undefined) throw new SyntaxError(`Cannot read ${where}: it is too long`);
    yield parseShard(parseJsonObject(new TextDecoder().decode(bytes), where), where);
  }
}

/**
 * Writes a new plan, unless another process has just written one.
 *
 * @param out The batch's folder.
 * @param plan The plan; its version is the number of the one before, and 1.
 * @param shards The shards.
 * @returns Whether it was written; false: plan again, from what is there now.
 * @throws {DiskFullError} If the disk takes no more; nothing is left then.
 */
export async function writePlan(
  out: string,
  { version, ...plan }: BatchPlan,
  shards: readonly Shard[],
): Promise<boolean> {
  const { isAbsolute, relative } = nodeModule("node:path");
  await makeFolder(planFolder(out));
  const aside = `${planFolder(out)}/.writing-${crypto.randomUUID()}`;
  const from = (path: string) => relative(out, path).replaceAll("\\", "/") || ".";
  const { checkpoint } = plan.model;
  const stored = {
    ...plan,
    model: {
      ...plan.model,
      checkpoint: isAbsolute(checkpoint) ? dotted(from(checkpoint)) : checkpoint,
    },
    inputs: plan.inputs.map((input) => ({ ...input, path: from(input.path) })),
  };
  try {
    await makeFolder(aside);
    await writeNewFile(`${aside}/plan.json`, encode([JSON.stringify(stored, undefined, 1)]));
    await writeNewFile(
      `${aside}/shards.jsonl`,
      encode(shards.map((shard) => JSON.stringify(shard))),
    );
    await flushFolder(aside);
    try {
      await movePath(aside, planFolder(out, version));
      return true;
    } catch (error) {
      if (await lastVersion(out) < version) throw error;
      return false;
    }
  } catch (error) {
    throw explainFullDisk(error, aside);
  } finally {
    await removePath(aside);
  }
}

/**
 * What the results of a batch depend on, beside its documents. Of a folder it is the files: it may lie
 * elsewhere on another machine.
 *
 * @param plan The plan.
 * @returns Model, parameters, format.
 */
export function identityOf(
  { model: { checkpoint, ...model }, parameters, result }: BatchPlan,
): Readonly<Record<string, unknown>> {
  const { isAbsolute } = nodeModule("node:path");
  return { ...(!isAbsolute(checkpoint) && { checkpoint }), ...model, parameters, result };
}

/** A path that does not look like a name on the hub. */
function dotted(path: string): string {
  return path.startsWith(".") || path.startsWith("/") ? path : `./${path}`;
}

function* encode(lines: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const line of lines) yield encoder.encode(`${line}\n`);
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isHash = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isCount = (value: unknown, least = 0): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;
const isTextOrAbsent = (value: unknown) => value === undefined || isText(value);

function checkPlan(given: Record<string, unknown>, path: string): BatchPlan {
  const fail = (what: string, value: unknown) => {
    throw new SyntaxError(`Cannot read ${showName(path)}: ${what} is ${showValue(value)}`);
  };
  const { format, id, model, parameters, result, shard_documents, inputs, documents, shards } =
    given;
  if (format !== 1) fail("format", format);
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) fail("id", id);
  if (!isJsonObject(model)) return fail("model", model) as never;
  for (const name of ["checkpoint", "name"]) if (!isText(model[name])) fail(name, model[name]);
  if (!isTextOrAbsent(model.revision)) fail("revision", model.revision);
  if (!isHash(model.hash)) fail("hash", model.hash);
  if (!HOSTED_TASKS.includes(model.task as HostedTask)) fail("task", model.task);
  if (!isJsonObject(model.options)) fail("options", model.options);
  if (!isJsonObject(parameters)) fail("parameters", parameters);
  if (!RESULT_FORMATS.includes(result as ResultFormat)) fail("result", result);
  if (!isCount(shard_documents, 1)) fail("shard_documents", shard_documents);
  if (!isCount(documents)) fail("documents", documents);
  if (!isCount(shards)) fail("shards", shards);
  if (!Array.isArray(inputs)) return fail("inputs", inputs) as never;
  for (const input of inputs) {
    const isInput = isJsonObject(input) && INPUT_KINDS.includes(input.kind as BatchInput["kind"]) &&
      isText(input.path) && typeof input.name === "string" && isTextOrAbsent(input.field) &&
      isTextOrAbsent(input.id_field);
    if (!isInput) fail("an input", input);
  }
  return given as unknown as BatchPlan;
}

/**
 * Checks a shard from outside.
 *
 * @param given The parsed JSON.
 * @param where Where it stands, for the message.
 * @returns The shard.
 * @throws {SyntaxError} If it is malformed.
 */
function parseShard(given: unknown, where: string): Shard {
  if (isJsonObject(given)) {
    const { id, input, documents, files, lines, rows } = given;
    const isOne = [files, lines, rows].filter((part) => part !== undefined).length === 1;
    const hasFiles = files === undefined ||
      Array.isArray(files) && files.length === documents &&
        files.every((file) =>
          isJsonObject(file) && isText(file.name) && isCount(file.size) &&
          typeof file.modified === "number"
        );
    const hasLines = lines === undefined ||
      isJsonObject(lines) && isCount(lines.line, 1) && isCount(lines.at) && isCount(lines.bytes) &&
        isHash(lines.hash);
    const hasRows = rows === undefined ||
      isJsonObject(rows) && isCount(rows.row) && isHash(rows.hash);
    const isShard = typeof id === "string" && /^[0-9a-f]{32}$/.test(id) && isCount(input) &&
      isCount(documents, 1) && isOne && hasFiles && hasLines && hasRows;
    if (isShard) return given as unknown as Shard;
  }
  throw new SyntaxError(`Cannot read ${showName(where)}: wanted a shard, got ${showValue(given)}`);
}
