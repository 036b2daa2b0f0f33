/**
 * `deno run -A tests/batch/check_once.ts OUT [FILE…]`: proves that each document of a batch is in its
 * results exactly once. It reads inputs and results by itself, with nothing of `batch/`.
 *
 * @module
 */
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { resolve } from "@std/path";

/** What was found. */
export interface OnceReport {
  /** Documents with results. */
  readonly documents: number;
  /** Documents with errors. */
  readonly failed: number;
  /** What is wrong, a line each; none: each document is there once. */
  readonly problems: readonly string[];
}

interface Input {
  readonly kind: string;
  readonly path: string;
  readonly name: string;
  readonly field?: string;
  readonly id_field?: string;
}

/** Files of results, and of documents that failed. */
const RESULTS = /(?<!errors)\.(jsonl|npy|parquet)$/;
const ERRORS = /errors\.jsonl$/;

/**
 * Checks a batch.
 *
 * @param out The batch's folder.
 * @param merged Files that its results were merged to; absent: the parts that workers wrote.
 * @returns What was found.
 */
export async function checkOnce(out: string, merged?: readonly string[]): Promise<OnceReport> {
  const folder = `${out}/plan/${Math.max(...(await namesIn(`${out}/plan`)).map(Number))}`;
  const { inputs } = JSON.parse(await Deno.readTextFile(`${folder}/plan.json`));
  const shards = await readRows(`${folder}/shards.jsonl`);
  const wanted = await Promise.all(
    (inputs as Input[]).map((input, i) =>
      idsOf({ ...input, path: resolve(out, input.path) }, shards.filter(({ input }) => input === i))
    ),
  );
  const files = merged ?? await partsOf(out, shards.map(({ id }) => id));
  const [good, bad] = await Promise.all(
    [RESULTS, ERRORS].map((pattern) => resultsOf(files.filter((path) => pattern.test(path)))),
  );
  const counts = new Map<string, number>();
  for (const id of wanted.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  const problems: string[] = [];
  for (const id of [...good, ...bad]) {
    if (!counts.has(id)) problems.push(`${id} is in no input`);
    else counts.set(id, counts.get(id)! - 1);
  }
  for (const [id, count] of counts) {
    if (count > 0) problems.push(`${id} is missing`);
    if (count < 0) problems.push(`${id} is there ${1 - count} times`);
  }
  return { documents: good.length, failed: bad.length, problems };
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.filter((name) => !name.startsWith("."));
}

// deno-lint-ignore no-explicit-any
async function readRows(path: string): Promise<any[]> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
}

/** Ids of the documents of an input, read anew. */
async function idsOf(
  { kind, path, name, id_field }: Input,
  shards: readonly { readonly files?: readonly { readonly name: string }[] }[],
): Promise<string[]> {
  if (kind === "files") return shards.flatMap(({ files = [] }) => files.map(({ name }) => name));
  const field = kind === "openai" ? "custom_id" : id_field;
  if (kind === "parquet") {
    const file = (await Deno.readFile(path)).buffer;
    const rows = await parquetReadObjects({ file, compressors });
    return rows.map((row, i) => idOf(field && row[field], `${name}:${i + 1}`));
  }
  return (await Deno.readTextFile(path)).split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let row: Record<string, unknown> | undefined;
    try {
      row = JSON.parse(line);
    } catch {
      // The document has its error under the number of the line.
    }
    return [idOf(field && row?.[field], `${name}:${i + 1}`)];
  });
}

function idOf(value: unknown, other: string): string {
  const isId = ["string", "number", "bigint"].includes(typeof value) && value !== "";
  return isId ? String(value) : other;
}

async function partsOf(out: string, ids: readonly string[]): Promise<string[]> {
  const all = await namesIn(`${out}/parts`);
  const own = all.filter((name) => ids.includes(name.slice("part-".length)));
  const files = own.map(async (name) =>
    (await namesIn(`${out}/parts/${name}`)).map((file) => `${out}/parts/${name}/${file}`)
  );
  return (await Promise.all(files)).flat();
}

/** Ids in files of results. */
async function resultsOf(paths: readonly string[]): Promise<string[]> {
  const found = paths.map(async (path): Promise<string[]> => {
    if (path.endsWith(".parquet")) {
      const file = (await Deno.readFile(path)).buffer;
      return (await parquetReadObjects({ file })).map(({ id }) => String(id));
    }
    if (path.endsWith(".npy")) {
      const bytes = await Deno.readFile(path);
      const header = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
      const [, rows, width] = header.match(/\((\d+), (\d+)\)/)!.map(Number);
      const ids = await readRows(path.replace(/npy$/, "ids.jsonl"));
      const isWhole = ids.length === rows && bytes.length === 128 + 4 * rows * width;
      if (!isWhole) throw new Error(`${path} has ${rows} rows, and ${ids.length} ids`);
      return [];
    }
    return (await readRows(path)).map(({ id, custom_id }) => custom_id ?? id);
  });
  return (await Promise.all(found)).flat();
}

if (import.meta.main) {
  const [out, ...merged] = Deno.args;
  const report = await checkOnce(out, merged.length > 0 ? merged : undefined);
  console.log(JSON.stringify({ ...report, problems: report.problems.slice(0, 20) }));
  Deno.exit(report.problems.length > 0 ? 1 : 0);
}
