import { assertEquals, assertRejects } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import type { BatchRow } from "../../batch/answer.ts";
import { type BatchSettings, mergeBatch, planBatch } from "../../batch/mod.ts";
import { readPlan, readShards } from "../../batch/plan_files.ts";
import { readDocuments } from "../../batch/documents.ts";
import { encodeRows } from "../../batch/results.ts";
import { writeShard } from "../../batch/shard_files.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { embedInto, jsonLines, readJsonLines, texts } from "./batches.ts";
import { checkOnce } from "./check_once.ts";

/** Does what workers do, with vectors of the documents' numbers. */
async function doShards(out: string): Promise<void> {
  const plan = await readPlan(out);
  let number = 0;
  for await (const shard of readShards(out)) {
    const rows: BatchRow[] = [];
    for await (const document of readDocuments(plan, shard)) {
      const { id } = document;
      const data = new Float32Array(3).fill(number++);
      rows.push(
        "problem" in document
          ? { id, error: { type: "TypeError", message: document.problem.message } }
          : { id, tokens: 5, embedding: { dims: [3], data, tokens: 5 } },
      );
    }
    const failed = rows.filter((row) => "error" in row).length;
    const report = { id: shard.id, documents: rows.length, failed, tokens: 5, seconds: 1 };
    const finished = new Date().toISOString();
    const contents = await encodeRows(plan.result, rows, 3);
    await writeShard(out, { ...report, worker: "a", finished }, contents);
  }
}

async function planned(folder: string, rows: unknown[], more: Partial<BatchSettings> = {}) {
  const [path, out] = [`${folder}/rows.jsonl`, `${folder}/out`];
  await Deno.writeTextFile(path, jsonLines(rows));
  await planBatch([path], embedInto(out, more));
  await doShards(out);
  return out;
}

Deno.test("results of each format are merged in the order of the documents", async () => {
  for (const result of ["jsonl", "npy", "parquet"] as const) {
    await withFolder(async (folder) => {
      // The second shard has no result at all.
      const bad = [0, 1, 2, 3].map((text) => ({ text }));
      const out = await planned(folder, [...texts(4), ...bad, ...texts(3, 8)], { result });
      const file = `${folder}/all.${result}`;
      await assertRejects(() => mergeBatch(out, `${folder}/a.csv`), RangeError, `in .${result}`);
      const { documents, failed, files } = await mergeBatch(out, file);
      assertEquals([documents, failed, files[0]], [7, 4, file]);
      assertEquals(files.length, result === "npy" ? 3 : 2);
      assertEquals(await checkOnce(out, files), { documents: 7, failed: 4, problems: [] });
      const bytes = await Deno.readFile(file);
      const vectors = result === "jsonl"
        ? (await readJsonLines(file)).map(({ embedding }) => embedding)
        : result === "npy"
        ? Array.from({ length: 7 }, (_, i) => [...new Float32Array(bytes.buffer, 128 + 12 * i, 3)])
        : (await parquetReadObjects({ file: bytes.buffer })).map(({ embedding }) => embedding);
      assertEquals(vectors, [0, 1, 2, 3, 8, 9, 10].map((value) => [value, value, value]));
    });
  }
});

Deno.test("a worker's file that has changed is not merged, and nothing is left", () =>
  withFolder(async (folder) => {
    const out = await planned(folder, texts(2));
    const [{ id }] = await Array.fromAsync(readShards(out));
    const path = `${out}/parts/part-${id}/result.jsonl`;
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("1", "2"));
    const merge = () => mergeBatch(out, `${folder}/all.jsonl`);
    await assertRejects(merge, SyntaxError, "not what its worker wrote");
    await Deno.remove(path);
    await assertRejects(merge, SyntaxError, "not what its worker wrote");
    await Deno.remove(`${out}/parts/part-${id}`, { recursive: true });
    await assertRejects(merge, RangeError, "1 of 1 shards are not done: 2 lines of");
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assertEquals(names.sort(), ["out", "rows.jsonl"]);
  }));

Deno.test("a merge without errors removes those of an earlier one, and no input is written over", () =>
  withFolder(async (folder) => {
    const errors = `${folder}/all.errors.jsonl`;
    await Deno.writeTextFile(errors, "of an earlier merge\n");
    const out = await planned(folder, texts(2));
    await mergeBatch(out, `${folder}/all.jsonl`);
    await assertRejects(() => Deno.stat(errors), Deno.errors.NotFound);
    for (const name of ["rows.jsonl", "rows.errors.jsonl"]) {
      await Deno.rename(`${folder}/rows.jsonl`, `${folder}/${name}`);
      const other = `${folder}/${name}-out`;
      await planBatch([`${folder}/${name}`], embedInto(other));
      await assertRejects(
        () => mergeBatch(other, `${folder}/rows.jsonl`),
        RangeError,
        `${name}: it is an input`,
      );
    }
  }));

Deno.test("the checker finds what is missing, double or of no input", () =>
  withFolder(async (folder) => {
    const out = await planned(folder, texts(6));
    assertEquals(await checkOnce(out), { documents: 6, failed: 0, problems: [] });
    const [{ id }] = await Array.fromAsync(readShards(out));
    const path = `${out}/parts/part-${id}/result.jsonl`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    const [first, second] = [1, 2].map((line) => `${folder}/rows.jsonl:${line}`);
    for (
      const [changed, problems] of [
        [lines.slice(1), [`${first} is missing`]],
        [[lines[0], ...lines], [`${first} is there 2 times`]],
        [[lines[1], ...lines.slice(1)], [`${first} is missing`, `${second} is there 2 times`]],
        [[...lines, '{"id": "other"}'], ["other is in no input"]],
      ] as const
    ) {
      await Deno.writeTextFile(path, changed.join("\n"));
      assertEquals((await checkOnce(out)).problems, problems);
    }
  }));
