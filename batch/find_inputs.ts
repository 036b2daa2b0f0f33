/**
 * The inputs of a batch: files and folders.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { needPackages } from "../base/need_packages.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showNames } from "../base/show_value.ts";
import { ifPresent, isFolder, listFiles, openFile } from "../checkpoint/disk.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { cutLines, type ShardPart } from "./line_shards.ts";
import type { BatchInput } from "./batch_plan.ts";
import type { ShardFile } from "./shard.ts";
import { readLines } from "../tables/read_lines.ts";

/** An input, and what was found in it. */
export interface FoundInput {
  /** The input. */
  readonly input: BatchInput;
  /** Its shards; absent for `files`, whose shards depend on earlier plans. */
  readonly parts?: readonly ShardPart[];
  /** The texts, for `files`. */
  readonly files?: readonly ShardFile[];
}

/** How inputs are read. */
export interface InputSettings {
  /** The batch's folder, whose files are no input. */
  readonly out: string;
  /** Most documents of a shard. */
  readonly most: number;
  /** Field or column of the text. */
  readonly field: string;
  /** Field or column of the id. */
  readonly id_field?: string;
  /** Called with the path that is read, and how much of it is. */
  readonly onRead?: (path: string, part: number) => void;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the documents of files and folders. `.jsonl`, `.ndjson` and `.parquet` have one in each row,
 * every other file is one; hidden files are left out.
 *
 * @param operands Files and folders.
 * @param settings How they are read.
 * @returns The inputs, texts as one of them, in the order of the operands.
 * @throws {RangeError} If a file does not exist, a folder is empty, or a file lacks the field.
 * @throws {SyntaxError} If a file is malformed.
 */
export async function findInputs(
  operands: readonly string[],
  settings: InputSettings,
): Promise<FoundInput[]> {
  const { resolve } = nodeModule("node:path");
  const { cwd } = nodeModule("node:process");
  const found = new Map<string, FoundInput>();
  const texts: ShardFile[] = [];
  const seen = new Set<string>();
  for (const name of await listAll(operands, settings.out)) {
    settings.signal?.throwIfAborted();
    const path = resolve(name);
    if (seen.has(path)) continue;
    seen.add(path);
    settings.onRead?.(name, 0);
    const kind = /\.(jsonl|ndjson)$/i.test(name)
      ? "jsonl"
      : /\.parquet$/i.test(name)
      ? "parquet"
      : "files";
    if (kind === "files") {
      if (texts.length === 0) {
        const input: BatchInput = { kind, path: cwd(), name: "" };
        found.set("", { input, files: texts });
      }
      texts.push(await describeFile(name, path));
      continue;
    }
    const file = await openFile(path);
    if (file === undefined) throw missing(name);
    found.set(path, await (kind === "jsonl" ? findLines : findRows)(file, name, path, settings));
  }
  return [...found.values()];
}

/**
 * Looks at a text.
 *
 * @param name Its name.
 * @param path Its path.
 * @returns Name, size and time of its last change.
 * @throws {RangeError} If there is no such file.
 */
export async function describeFile(name: string, path: string): Promise<ShardFile> {
  const found = await ifPresent(nodeModule("node:fs/promises").stat(path));
  if (!found?.isFile()) throw missing(name);
  return { name, size: found.size, modified: Math.floor(found.mtimeMs) };
}

function missing(name: string): RangeError {
  return new RangeError(`Cannot read ${showName(name)}: there is no such file`);
}

async function listAll(operands: readonly string[], out: string): Promise<string[]> {
  const { resolve, sep } = nodeModule("node:path");
  const own = resolve(out) + sep;
  const names: string[] = [];
  for (const operand of operands) {
    if (!await isFolder(operand)) {
      names.push(operand);
      continue;
    }
    const folder = operand.replace(/[/\\]+$/, "") || "/";
    const files = (await listFiles(operand)).map((name) =>
      folder === "/" ? `/${name}` : folder === "." ? name : `${folder}/${name}`
    ).filter((name) => !resolve(name).startsWith(own));
    if (files.length === 0) {
      throw new RangeError(`Cannot read ${showName(operand)}: the folder has no files`);
    }
    names.push(...files);
  }
  return names;
}

async function findLines(
  file: CheckpointFile,
  name: string,
  path: string,
  { most, field, id_field, onRead, signal }: InputSettings,
): Promise<FoundInput> {
  const kind = await kindOfLines(file, name, field, id_field);
  const input: BatchInput = kind === "openai"
    ? { kind, path, name }
    : { kind, path, name, field, ...(id_field !== undefined && { id_field }) };
  let bytes = 0;
  const parts: ShardPart[] = [];
  const onBytes = (count: number) => {
    signal?.throwIfAborted();
    bytes += count;
    onRead?.(name, bytes / file.size);
  };
  for await (const part of cutLines(file, most, onBytes)) parts.push(part);
  return { input, parts };
}

/** Looks at the first row; a file without any is of no kind. */
async function kindOfLines(
  file: CheckpointFile,
  name: string,
  field: string,
  id_field: string | undefined,
): Promise<"jsonl" | "openai"> {
  for await (const { line, bytes } of readLines(file, { at: 0, bytes: file.size, line: 1 })) {
    const where = `line ${line} of ${name}`;
    // A row that is too long is an error of its own; the next one tells.
    if (!bytes) continue;
    const row = parseJsonObject(new TextDecoder().decode(bytes), where);
    const isRequest = typeof row.custom_id === "string" && typeof row.url === "string" &&
      isJsonObject(row.body);
    if (isRequest) return "openai";
    const wanted = [field, ...(id_field === undefined ? [] : [id_field])];
    const missing = wanted.find((name) => !Object.hasOwn(row, name));
    if (missing === undefined) return "jsonl";
    throw new RangeError(
      `Cannot read ${showName(where)}: there is no field ${showName(missing)}, wanted one of ` +
        showNames(Object.keys(row)),
    );
  }
  return "jsonl";
}

async function findRows(
  file: CheckpointFile,
  name: string,
  path: string,
  { most, field, id_field }: InputSettings,
): Promise<FoundInput> {
  const columns = [field, ...(id_field === undefined ? [] : [id_field])];
  const { cutRows } = await loadParquetReader();
  const parts = await cutRows(file, most, columns);
  const input: BatchInput = {
    kind: "parquet",
    path,
    name,
    field,
    ...(id_field !== undefined && { id_field }),
  };
  return { input, parts };
}

/**
 * Loads what reads Parquet.
 *
 * @returns The module.
 * @throws {Error} If a package is not there; the message tells how to install it.
 */
export function loadParquetReader(): Promise<typeof import("./parquet_rows.ts")> {
  return needPackages(
    "Parquet",
    ["hyparquet", "hyparquet-compressors"],
    import("./parquet_rows.ts"),
  );
}
