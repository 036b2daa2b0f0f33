/**
 * `deno task test:batch`: every task of a batch with a model of its own, and `lsg batch run` in Deno
 * and in Node, stopped and killed.
 *
 * The file name excludes it from `deno task test`, as it takes half a minute and needs npm's registry.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { zstdCompressSync } from "node:zlib";
import { type BatchSettings, planBatch, runLocal } from "../../batch/mod.ts";
import { runShard } from "../../batch/run_shard.ts";
import { listDone } from "../../batch/shard_files.ts";
import { makeDocuments } from "../../bench/batch/make_documents.ts";
import {
  IN_DENO,
  inNode,
  type Program,
  runLsg,
  startLsg,
} from "../../bench/batch/worker_process.ts";
import { buildNodeProgram } from "../../tools/node_program.ts";
import { withFolder } from "../helpers/with_folder.ts";
import {
  embedInto,
  goldenModel,
  jsonLines,
  ONE_THREAD,
  readJsonLines,
  texts,
  withShard,
} from "./batches.ts";
import { checkOnce } from "./check_once.ts";

const TASKS: readonly [
  task: BatchSettings["task"],
  model: string,
  parameters: Record<string, unknown>,
  row: Record<string, unknown>,
  keys: string[],
][] = [
  ["text-classification", "bert_nli", { top_k: 1 }, { text_pair: "the war" }, ["label", "score"]],
  [
    "zero-shot-classification",
    "bert_nli",
    { candidate_labels: ["sea", "war"] },
    {},
    ["labels", "scores", "sequence"],
  ],
  ["token-classification", "bert_tags", {}, {}, []],
  ["question-answering", "bert_answers", { question: "who left" }, {}, [
    "answer",
    "end",
    "score",
    "start",
  ]],
  ["question-answering", "bert_answers", {}, { question: "who left" }, [
    "answer",
    "end",
    "score",
    "start",
  ]],
  ["fill-mask", "modernbert", { top_k: 1 }, { text: "the [MASK] sea" }, [
    "score",
    "sequence",
    "token",
    "token_str",
  ]],
  ["summarization", "bart", { max_new_tokens: 3 }, {}, ["summary_text"]],
  ["text2text-generation", "bart", { max_new_tokens: 3 }, {}, ["generated_text"]],
  ["text-generation", "llama_chat", { max_new_tokens: 3 }, {}, ["generated_text"]],
  ["text-generation", "llama_chat", { max_new_tokens: 3 }, {
    text: [{ role: "user", content: "the sea" }],
  }, ["generated_text"]],
];

for (const [i, [task, name, parameters, row, keys]] of TASKS.entries()) {
  Deno.test(`${task}, ${i}: the pipeline's results`, () =>
    withShard(
      [{ text: "the sea and the war", ...row }],
      { task, parameters, checkpoint: goldenModel(name) },
      async ({ out, part, plan, shard, model }) => {
        const { failed } = await runShard(out, plan, shard, model);
        if (failed > 0) throw new Error(await Deno.readTextFile(`${part}/errors.jsonl`));
        const [{ tokens, result }] = await readJsonLines(`${part}/result.jsonl`);
        assert(tokens > 0);
        const [first = {}] = [result].flat();
        if (keys.length > 0) assertEquals(Object.keys(first).sort(), keys);
        else assert(Array.isArray(result));
      },
    ));
}

Deno.test("without a question there is no answer", () =>
  withShard(
    [{ text: "the sea" }],
    { task: "question-answering", checkpoint: goldenModel("bert_answers") },
    async ({ out, part, plan, shard, model }) => {
      assertEquals((await runShard(out, plan, shard, model)).failed, 1);
      const [{ error }] = await readJsonLines(`${part}/errors.jsonl`);
      assert(error.message.includes("wanted the field or parameter question"), error.message);
    },
  ));

Deno.test("two runs at once do each document once", () =>
  withFolder(async (folder) => {
    const [rows, out] = [`${folder}/rows.jsonl`, `${folder}/out`];
    await Deno.writeTextFile(rows, jsonLines(texts(20)));
    await planBatch([rows], embedInto(out));
    await Promise.all([runLocal(out, ONE_THREAD), runLocal(out, ONE_THREAD)]);
    assertEquals(await checkOnce(out), { documents: 20, failed: 0, problems: [] });
  }));

const DEMO = fromFileUrl(new URL("../../demo/model", import.meta.url));

/** Starts a run, sends it a signal when it has done a shard, and returns how it ended. */
async function interrupt(program: Program, args: readonly string[], signal: Deno.Signal) {
  const out = args[args.indexOf("--out") + 1];
  const before = (await listDone(out)).size;
  const process = startLsg(program, args);
  while ((await listDone(out)).size === before) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(signal);
  return await process.ended;
}

Deno.test("lsg batch run in Deno and in Node, stopped and killed", () =>
  withFolder(async (folder) => {
    const node = inNode(await buildNodeProgram());
    const [input, out, file] = ["a.jsonl", "out", "all.npy"].map((name) => `${folder}/${name}`);
    await makeDocuments(input, 320, 200);
    const args = [
      ...["batch", "run", input, "--id-field", "id", "--task", "encode", "--model", DEMO],
      ...["--out", out, "--result", "npy", "--shard-documents", "16"],
      ...["--device", "wasm", "--threads", "1"],
    ];
    for (const program of [IN_DENO, node]) {
      const { code, stderr } = await interrupt(program, args, "SIGINT");
      assertEquals(code, 130, stderr);
      assertStringIncludes(stderr, "the same command goes on");
      assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    }
    for (const program of [node, IN_DENO]) {
      assertEquals((await interrupt(program, args, "SIGKILL")).code, 137);
    }
    const done = (await listDone(out)).size;
    assert(done >= 4 && done < 20, String(done));
    assertStringIncludes(await runLsg(node, args), "documents of");
    assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    await runLsg(node, ["batch", "merge", out, file]);
    const whole = { documents: 320, failed: 0, problems: [] };
    assertEquals(await checkOnce(out), whole);
    assertEquals(await checkOnce(out, [file, `${folder}/all.ids.jsonl`]), whole);
  }));

Deno.test("in Node: Parquet of zstd to Parquet", () =>
  withFolder(async (folder) => {
    const node = inNode(await buildNodeProgram());
    const [input, out, file] = ["a.parquet", "out", "b.parquet"].map((name) => `${folder}/${name}`);
    const buffer = parquetWriteBuffer({
      codec: "ZSTD",
      compressors: { ZSTD: (bytes) => new Uint8Array(zstdCompressSync(bytes)) },
      rowGroupSize: 10,
      columnData: [{ name: "text", data: texts(25).map(({ text }) => text), type: "STRING" }],
    });
    await Deno.writeFile(input, new Uint8Array(buffer));
    const model = goldenModel("bert_sentences");
    const args = ["--task", "encode", "--model", model, "--out", out, "--result", "parquet"];
    await runLsg(node, ["batch", "run", input, ...args, "--shard-documents", "8"]);
    await runLsg(node, ["batch", "merge", out, file]);
    assertEquals(await checkOnce(out, [file]), { documents: 25, failed: 0, problems: [] });
  }));
