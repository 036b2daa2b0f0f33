/**
 * Every task of a batch with a model of its own, as `deno task test:batch` runs them.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type BatchSettings, planBatch, runLocal } from "../../batch/mod.ts";
import { runShard } from "../../batch/run_shard.ts";
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
