import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  InputChangedError,
  type LocalProgress,
  mergeBatch,
  planBatch,
  readStatus,
  retryBatch,
  runLocal,
  type RunLocalOptions,
  runWorker,
  type WorkSettings,
} from "../../batch/mod.ts";
import { isDone } from "../../batch/shard_files.ts";
import { readShards } from "../../batch/plan_files.ts";
import { noteFailed } from "../../batch/shard_files.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { checkOnce } from "./check_once.ts";
import { embedInto, jsonLines, ONE_THREAD, readJsonLines, texts } from "./batches.ts";

Deno.test("a run that is stopped goes on, and each document is in the result once", () =>
  withFolder(async (folder) => {
    const [rows, out] = [`${folder}/rows.jsonl`, `${folder}/out`];
    const long = { text: "the sea ".repeat(400) };
    await Deno.writeTextFile(rows, jsonLines([...texts(9), long, ...texts(5, 10)]));
    await Deno.writeTextFile(`${folder}/a.txt`, "a river");
    await planBatch([rows, `${folder}/a.txt`], embedInto(out));
    assertEquals(await readStatus(out), {
      ...{ shards: 5, done: 0, failed: 0, left: 5, documents: 16, documentsDone: 0 },
      ...{ documentsFailed: 0, tokens: 0, workers: 0, reasons: [] },
    });
    await assertRejects(() => mergeBatch(out, `${folder}/all.jsonl`), RangeError, "5 of 5 shards");

    const controller = new AbortController();
    const seen: LocalProgress[] = [];
    const stopped = runLocal(out, {
      ...ONE_THREAD,
      signal: controller.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.documents > 5) controller.abort();
      },
    });
    await assertRejects(() => stopped, DOMException);
    const { done, left, documentsDone } = await readStatus(out);
    assertEquals([done, left, documentsDone], [1, 4, 4]);
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    await assertRejects(() => mergeBatch(out, `${folder}/all.jsonl`), RangeError, "4 of 5 shards");

    const report = await runLocal(out, ONE_THREAD);
    assertEquals([report.shards, report.documents, report.failed, report.givenUp.length], [
      ...[4, 12, 1, 0],
    ]);
    const status = await readStatus(out);
    assertEquals([status.done, status.left, status.documentsFailed], [5, 0, 1]);
    assert(status.documentsPerSecond! > 0 && status.secondsLeft === undefined);
    assertEquals(seen[0].total, 16);

    const merged = await mergeBatch(out, `${folder}/all.jsonl`);
    assertEquals([merged.documents, merged.failed], [15, 1]);
    assertEquals(merged.files, [`${folder}/all.jsonl`, `${folder}/all.errors.jsonl`]);
    const ids = (await readJsonLines(merged.files[0])).map(({ id }) => id);
    const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15];
    assertEquals(ids, [...lines.map((line) => `${rows}:${line}`), `${folder}/a.txt`]);
    assertEquals((await readJsonLines(merged.files[1])).map(({ id }) => id), [`${rows}:10`]);
    assertEquals(await checkOnce(out), { documents: 15, failed: 1, problems: [] });
    assertEquals(await checkOnce(out, merged.files), { documents: 15, failed: 1, problems: [] });

    // Nothing is left to do.
    assertEquals((await runLocal(out, ONE_THREAD)).shards, 0);
    assertEquals(await retryBatch(out), []);
    const [again] = await retryBatch(out, { documents: true });
    assertEquals(await isDone(out, { id: again }), false);
    assertEquals((await readStatus(out)).left, 1);
  }));

Deno.test("a shard that fails is given up with the reason, and the others are done", () =>
  withFolder(async (folder) => {
    const [rows, other, out] = [`${folder}/rows.jsonl`, `${folder}/other.jsonl`, `${folder}/out`];
    await Deno.writeTextFile(rows, jsonLines(texts(6)));
    await Deno.writeTextFile(other, jsonLines(texts(2)));
    await planBatch([rows, other], embedInto(out));
    await Deno.writeTextFile(rows, jsonLines(texts(6, 1)));
    const { documents, givenUp } = await runLocal(out, ONE_THREAD);
    assertEquals([documents, givenUp.length], [2, 2]);
    assert(givenUp[0].reason.includes("has changed since the batch was planned"));
    const status = await readStatus(out);
    assertEquals([status.failed, status.left, status.reasons], [2, 0, givenUp]);
    // Failed shards are left alone until they are asked for.
    assertEquals((await runLocal(out, ONE_THREAD)).documents, 0);
    assertEquals((await retryBatch(out)).length, 2);
    assertEquals((await readStatus(out)).left, 2);

    // A plan of what the file has become needs no retry.
    await planBatch([rows], embedInto(out));
    assertEquals((await runLocal(out, ONE_THREAD)).documents, 6);
    assertEquals(await checkOnce(out), { documents: 8, failed: 0, problems: [] });
  }));

Deno.test("status and retry know shards that others gave up", () =>
  withFolder(async (folder) => {
    const [rows, out] = [`${folder}/rows.jsonl`, `${folder}/out`];
    await Deno.writeTextFile(rows, jsonLines(texts(6)));
    await planBatch([rows], embedInto(out));
    const [{ id }] = await Array.fromAsync(readShards(out));
    await noteFailed(out, { id, reason: "no memory", attempts: 3 });
    const { failed, left, reasons } = await readStatus(out);
    assertEquals([failed, left, reasons], [1, 1, [{ id, reason: "no memory" }]]);
    assertEquals(await retryBatch(out), [id]);
    assertEquals((await readStatus(out)).left, 2);
    assertEquals(new InputChangedError("a").name, "InputChangedError");
  }));

Deno.test("the rate leaves out pauses", () =>
  withFolder(async (folder) => {
    const [rows, out] = [`${folder}/rows.jsonl`, `${folder}/out`];
    await Deno.writeTextFile(rows, jsonLines(texts(8)));
    await planBatch([rows], embedInto(out));
    await runLocal(out, ONE_THREAD);
    const [{ id }] = await Array.fromAsync(readShards(out));
    const path = `${out}/parts/part-${id}/done.json`;
    const report = JSON.parse(await Deno.readTextFile(path));
    const finished = new Date(Date.now() - 86_400_000).toISOString();
    await Deno.writeTextFile(path, JSON.stringify({ ...report, finished }));
    const { documentsPerSecond } = await readStatus(out);
    assert(documentsPerSecond! > 1, String(documentsPerSecond));
  }));

Deno.test("options of a run and of a worker are checked", async () => {
  const wrong: [object, string][] = [
    [{ max_batch_tokens: NaN }, "max_batch_tokens NaN"],
    [{ signal: {} }, "an AbortSignal"],
    [{ thread: 1 }, "with thread"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => runLocal("none", options as RunLocalOptions), Error, message);
  }
  const redis = "redis://localhost";
  const wrongOfWorkers: [object, string][] = [
    ...wrong,
    [{ lockSeconds: 5 }, "with lockSeconds"],
    [{ lock_seconds: 0 }, "1 … 86400"],
    [{ drain_timeout: NaN }, "0 … 86400"],
    [{ concurrency: 0 }, "concurrency 0"],
  ];
  for (const [options, message] of wrongOfWorkers) {
    const settings = { redis, ...options } as WorkSettings;
    await assertRejects(() => runWorker("none", settings), Error, message);
  }
});
