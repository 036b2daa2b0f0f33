import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { planBatch } from "../../batch/mod.ts";
import { loadPlannedModel } from "../../batch/load_model.ts";
import { mergeShards } from "../../batch/merge_shards.ts";
import { readPlan, readShards } from "../../batch/plan_files.ts";
import type { Shard } from "../../batch/shard.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { HubServer } from "../hub/hub_server.ts";
import { COMMIT } from "../hub/remote.ts";
import { withEnv } from "../hub/with_env.ts";
import { embedInto, jsonLines, ONE_THREAD, SENTENCES, texts } from "./batches.ts";

async function shardsOf(out: string): Promise<Shard[]> {
  return await Array.fromAsync(readShards(out));
}

Deno.test("a plan holds where documents are, and none of them", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/letters/old`, { recursive: true });
    for (const name of ["b.txt", "a.txt", "old/c.txt", ".hidden"]) {
      await Deno.writeTextFile(`${folder}/letters/${name}`, "the sea");
    }
    await Deno.writeTextFile(`${folder}/letters/rows.jsonl`, jsonLines(texts(9)));
    const out = `${folder}/letters/out`;
    const plan = await planBatch([`${folder}/letters`], embedInto(out));
    assertEquals([plan.documents, plan.shards, plan.version], [12, 4, 1]);
    const { inputs, ...read } = await readPlan(out);
    assertEquals([read.documents, read.shards, inputs.length], [12, 4, 2]);
    const [files, ...lines] = await shardsOf(out);
    assertEquals(
      files.files!.map(({ name }) => name.slice(folder.length)),
      ["/letters/a.txt", "/letters/b.txt", "/letters/old/c.txt"],
    );
    assertEquals(lines.map(({ documents, lines }) => [documents, lines!.line]), [
      [4, 1],
      [4, 5],
      [1, 9],
    ]);
    const stored = await Deno.readTextFile(`${out}/plan/1/shards.jsonl`);
    assert(!stored.includes("the sea"), stored);
    // The results of a batch are no documents of the next plan.
    assertEquals(await planBatch([`${folder}/letters`], embedInto(out)), plan);
  }));

Deno.test("a second plan adds what is new", () =>
  withFolder(async (folder) => {
    const [rows, more, note] = ["rows.jsonl", "more.jsonl", "note.txt"].map((name) =>
      `${folder}/${name}`
    );
    const out = `${folder}/out`;
    await Deno.writeTextFile(rows, jsonLines(texts(6)));
    for (let i = 0; i < 5; i++) await Deno.writeTextFile(`${folder}/${i}.txt`, "a");
    const all = [rows, ...[0, 1, 2, 3, 4].map((i) => `${folder}/${i}.txt`)];
    const first = await planBatch(all, embedInto(out));
    const before = await shardsOf(out);
    const { id } = await readPlan(out);
    assertEquals(await planBatch(all, embedInto(out)), first);
    assertEquals(await planBatch([rows], embedInto(out, { shard_documents: undefined })), first);

    await Deno.writeTextFile(rows, jsonLines(texts(9)));
    await Deno.writeTextFile(more, jsonLines(texts(2)));
    await Deno.writeTextFile(note, "b");
    await Deno.writeTextFile(`${folder}/4.txt`, "another size");
    await Deno.writeTextFile(`${folder}/9.txt`, "b");
    const plan = await planBatch([more, rows, `${folder}/9.txt`, note], embedInto(out));
    const after = await shardsOf(out);
    assertEquals([plan.version, plan.documents], [2, 9 + 2 + 7]);
    assertEquals((await readPlan(out)).id, id);
    // Lines 1 to 4, and the texts 0 to 3; text 4, which has changed, stands among the new ones.
    assertEquals(after.filter(({ id }) => before.some((shard) => shard.id === id)).length, 2);
    assertEquals(after.map(({ input, documents }) => [input, documents]), [
      ...[[0, 4], [0, 4], [0, 1], [1, 4], [1, 3]],
      [2, 2],
    ]);
  }));

Deno.test("another model, other options or fields are refused in the same folder", () =>
  withFolder(async (folder) => {
    const rows = `${folder}/rows.jsonl`;
    const out = `${folder}/out`;
    await Deno.writeTextFile(rows, jsonLines([{ text: "a", body: "b" }]));
    await planBatch([rows], embedInto(out, { dtype: "fp32" }));
    const refused = async (more: Parameters<typeof embedInto>[1], message: string) =>
      await assertRejects(
        () => planBatch([rows], embedInto(out, { dtype: "fp32", ...more })),
        RangeError,
        message,
      );
    await refused({ dtype: "q8" }, 'dtype undefined, not "q8"');
    await refused({ parameters: { normalize: true } }, "normalize undefined, not true");
    await refused({ parameters: { seed: 1 } }, "seed undefined, not 1");
    await refused(
      { seed: 1, parameters: { seed: 0 } },
      "seed undefined, not 1; seed undefined, not 0",
    );
    await refused({ result: "npy" }, 'result "jsonl", not "npy"');
    await refused({ shard_documents: 5 }, "shard_documents 4, not 5");
    await refused({ field: "body" }, 'with field "body": it was planned with "text"');
    const copied = `${folder}/copied`;
    await Deno.mkdir(copied);
    for await (const { name, isFile } of Deno.readDir(embedInto(out).checkpoint)) {
      const from = `${embedInto(out).checkpoint}/${name}`;
      if (isFile) await Deno.copyFile(from, `${copied}/${name}`);
    }
    await refused({ checkpoint: copied, model_name: "bert_sentences" }, "hash ");
    assertEquals((await readPlan(out)).version, 1);
  }));

Deno.test("texts of the same name in two folders are two documents, whatever their size", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/rows.jsonl`, jsonLines(texts(1)));
    const out = `${folder}/out`;
    await planBatch([`${folder}/rows.jsonl`], embedInto(out));
    const found = ["a", "b"].map((name) => ({
      input: { kind: "files" as const, path: `${folder}/${name}`, name: "" },
      files: [{ name: "1.txt", size: 7, modified: 0 }],
    }));
    const idsIn = async (out: string, inputs: typeof found) => {
      const { shards } = await mergeShards(out, { ...await readPlan(out), inputs: [] }, [], inputs);
      return shards.map(({ id }) => id);
    };
    const ids = await idsIn(out, found);
    assertEquals(new Set(ids).size, 2);
    // All of it elsewhere is the same.
    await Deno.mkdir(`${folder}/moved`);
    await Deno.rename(out, `${folder}/moved/out`);
    const moved = found.map(({ input, files }) => ({
      input: { ...input, path: input.path.replace(folder, `${folder}/moved`) },
      files,
    }));
    assertEquals(await idsIn(`${folder}/moved/out`, moved), ids);
  }));

Deno.test("plans at the same time keep each other's documents", () =>
  withFolder(async (folder) => {
    const out = `${folder}/out`;
    const paths = Array.from({ length: 5 }, (_, i) => `${folder}/${i}.jsonl`);
    for (const path of paths) await Deno.writeTextFile(path, jsonLines(texts(3)));
    await Promise.all(paths.map((path) => planBatch([path], embedInto(out))));
    const last = await readPlan(out);
    assertEquals([last.version, last.documents, last.inputs.length], [5, 15, 5]);
    assertEquals(new Set((await shardsOf(out)).map(({ id }) => id)).size, 5);
    // The same at the same time is one plan.
    const again = `${folder}/again`;
    await Promise.all(paths.map(() => planBatch(paths, embedInto(again))));
    assertEquals((await readPlan(again)).version, 1);
    const names = await Array.fromAsync(Deno.readDir(`${again}/plan`), ({ name }) => name);
    assertEquals(names, ["1"]);
  }));

Deno.test("a batch can be moved with its inputs and its model", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/a/model`, { recursive: true });
    for await (const { name, isFile } of Deno.readDir(embedInto("").checkpoint)) {
      const from = `${embedInto("").checkpoint}/${name}`;
      if (isFile) await Deno.copyFile(from, `${folder}/a/model/${name}`);
    }
    await Deno.writeTextFile(`${folder}/a/rows.jsonl`, jsonLines(texts(3)));
    const more = { checkpoint: `${folder}/a/model` };
    const planned = await planBatch([`${folder}/a/rows.jsonl`], embedInto(`${folder}/a/out`, more));
    await Deno.rename(`${folder}/a`, `${folder}/b`);
    const moved = await readPlan(`${folder}/b/out`);
    assertEquals(moved.model.checkpoint, `${folder}/b/model`);
    assertEquals(moved.inputs[0].path, `${folder}/b/rows.jsonl`);
    const settings = embedInto(`${folder}/b/out`, { checkpoint: `${folder}/b/model` });
    assertEquals(await planBatch([`${folder}/b/rows.jsonl`], settings), planned);
  }));

Deno.test("a plan has the commit of a repository, known offline too, and runs with a URL", () =>
  withFolder(async (folder) => {
    const [rows, cache_dir] = [`${folder}/rows.jsonl`, `${folder}/cache`];
    await Deno.writeTextFile(rows, jsonLines(texts(1)));
    const files: Record<string, Uint8Array> = {};
    for (const [path, file] of await new FolderSource(SENTENCES).list()) {
      files[`a/b/${path}`] = await file.read(0, file.size);
    }
    await using server = new HubServer(files, { commit: COMMIT });
    const planned = async (
      checkpoint: string,
      local_files_only: boolean,
      signal?: AbortSignal,
    ) => {
      const out = `${folder}/${crypto.randomUUID()}`;
      await planBatch([rows], embedInto(out, { checkpoint, cache_dir, local_files_only, signal }));
      return await readPlan(out);
    };
    await withEnv({ remoteHost: server.url }, async () => {
      for (const offline of [false, true]) {
        assertEquals((await planned("a/b", offline)).model.revision, COMMIT);
      }
      const { signal } = new AbortController();
      assertEquals((await planned("a/b", false, signal)).model.revision, COMMIT);
    });
    const plan = await planned(`${server.url}a/b`, false);
    assertEquals(plan.model.revision, undefined);
    const model = await loadPlannedModel(plan, { ...ONE_THREAD, cache_dir });
    assertEquals(model.info.revision, undefined);
    await model.close();
  }));

Deno.test("a signal ends planning that waits for a server", () =>
  withFolder(async (folder) => {
    const rows = `${folder}/rows.jsonl`;
    const out = `${folder}/out`;
    await Deno.writeTextFile(rows, jsonLines(texts(2)));
    const controller = new AbortController();
    const reason = new Error("no longer needed");
    const { promise: unanswered, resolve } = Promise.withResolvers<Response>();
    await using server = new HubServer({}, {
      fault: () => {
        controller.abort(reason);
        return unanswered;
      },
    });
    const settings = { checkpoint: `${server.url}a/b`, cache_dir: `${folder}/cache` };
    const planning = planBatch([rows], embedInto(out, { ...settings, signal: controller.signal }));
    assertStrictEquals(await planning.catch((error) => error), reason);
    resolve(new Response(null));
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  }));

Deno.test("a first row that is too long does not tell what a file holds", () =>
  withFolder(async (folder) => {
    const rows = `${folder}/rows.jsonl`;
    const long = jsonLines([{ text: "a".repeat(2 ** 26) }]);
    await Deno.writeTextFile(rows, long + jsonLines(texts(1)));
    const plan = (out: string, more = {}) => planBatch([rows], embedInto(`${folder}/${out}`, more));
    assertEquals((await plan("out")).documents, 2);
    await assertRejects(() => plan("other", { field: "body" }), RangeError, "line 2 of");
  }));

Deno.test("inputs that are not there, empty or of another shape are refused", () =>
  withFolder(async (folder) => {
    const refused = async (content: string, name: string, message: string, more = {}) => {
      await Deno.writeTextFile(`${folder}/${name}`, content);
      const out = `${folder}/out`;
      await assertRejects(
        () => planBatch([`${folder}/${name}`], embedInto(out, more)),
        Error,
        message,
      );
      await assertRejects(() => readPlan(out), RangeError, "no batch");
    };
    await refused("", "a.jsonl", "no documents");
    await refused('{"body": "a"}\n', "a.jsonl", "no field text, wanted one of body");
    await refused('{"text": "a"}\n', "a.jsonl", "no field id", { id_field: "id" });
    await refused("the sea\n", "a.jsonl", "line 1 of");
    await refused("the sea, which is wide", "a.parquet", "no Parquet file");
    await refused("a", "a.txt", "candidate_labels", { task: "zero-shot-classification" });
    await refused("a", "a.txt", "pooled embeddings", { task: "fill-mask", result: "npy" });
    await refused("a", "a.txt", "shard_documents 1001", { shard_documents: 1001 });
    await refused("a", "a.txt", "parameter signal", { parameters: { signal: 1 } });
    await assertRejects(
      () => planBatch([`${folder}/none.txt`], embedInto(`${folder}/out`)),
      RangeError,
      "no such file",
    );
    await Deno.mkdir(`${folder}/empty`);
    await assertRejects(
      () => planBatch([`${folder}/empty`], embedInto(`${folder}/out`)),
      RangeError,
      "the folder has no files",
    );
  }));

Deno.test("plans and shards from outside are checked", () =>
  withFolder(async (folder) => {
    const out = `${folder}/out`;
    await Deno.writeTextFile(`${folder}/rows.jsonl`, jsonLines(texts(3)));
    await planBatch([`${folder}/rows.jsonl`], embedInto(out));
    const path = `${out}/plan/1/plan.json`;
    const plan = JSON.parse(await Deno.readTextFile(path));
    for (
      const change of [
        { format: 2 },
        { id: "../a" },
        { model: {} },
        { model: { ...plan.model, task: "other" } },
        { parameters: 3 },
        { result: "csv" },
        { inputs: [{ kind: "files" }] },
        { documents: -1 },
      ]
    ) {
      await Deno.writeTextFile(path, JSON.stringify({ ...plan, ...change }));
      await assertRejects(() => readPlan(out), SyntaxError, "Cannot read");
    }
    const shards = `${out}/plan/1/shards.jsonl`;
    const [shard] = await shardsOf(out);
    for (
      const change of [
        { id: "../../a" },
        { documents: 0 },
        { lines: undefined },
        { rows: { row: 1, hash: "0".repeat(64) } },
        { lines: { ...shard.lines, at: -1 } },
      ]
    ) {
      await Deno.writeTextFile(shards, JSON.stringify({ ...shard, ...change }));
      await assertRejects(() => shardsOf(out), SyntaxError, "wanted a shard");
    }
  }));
